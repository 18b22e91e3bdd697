// Who sees a register and who writes to it, as its declaration says; the server has the last word.
import { rules } from '@/lib/rules.js'
import { me } from '@/lib/session.js'

const any = roles => [roles ?? []].flat().some(role => me.value?.roles.includes(role))
export const reads = declared => !declared.read || Boolean(me.value?.admin) || any(declared.read) || any(declared.by)
export const writes = declared => any(declared?.by)
export const registerNames = () => Object.entries(rules.value?.registers ?? {}).filter(([, declared]) => reads(declared)).map(([name]) => name)
