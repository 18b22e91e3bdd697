// What was run for a candidate while this window is open, so that leaving the page and coming back loses nothing.
import { reactive } from 'vue'

const all = reactive({})
export const progressOf = id => (all[id] ??= { law: null, proof: null, plan: null, policy: null, running: '', since: 0, fault: null, at: '' })
