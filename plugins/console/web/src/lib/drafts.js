// What somebody typed, kept in this browser until it is sent: a lost connection, a closed window or an ended session costs nothing.
import { onBeforeUnmount, reactive, ref, toRaw, watch } from 'vue'
import { keep, kept } from './kept.js'
import { me } from './session.js'

const full = value => (value && typeof value === 'object' ? Object.values(value).some(full) : value !== undefined && value !== null && value !== '')

// A reactive object under KEY; `restored` tells that something was there. `clear` once it has been sent.
export function useDraft(key, initial = {}) {
  const name = `draft.${me.value?.user ?? ''}.${key}`
  const found = kept(name)
  const value = reactive(found ?? structuredClone(initial))
  const restored = ref(full(found))
  let timer = null, sent = false
  const write = () => {
    timer = null
    if (!sent) keep(name, Object.keys(value).length ? toRaw(value) : null)
  }
  const stop = watch(value, () => { timer ??= setTimeout(write, 400) }, { deep: true })
  const replace = next => {
    for (const part of Object.keys(value)) delete value[part]
    Object.assign(value, next)
  }
  onBeforeUnmount(() => {
    if (timer) { clearTimeout(timer); write() }
    stop()
  })
  return {
    value, restored,
    clear() { sent = true; keep(name, null) },
    discard() { replace(structuredClone(initial)); restored.value = false; keep(name, null) },
  }
}
