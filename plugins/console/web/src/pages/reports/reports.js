// Reports as scripts declare them: which the reader may open, and how each is asked for.
import { computed } from 'vue'
import { tr } from '@/lib/i18n.js'
import { rules } from '@/lib/rules.js'
import { hasRole } from '@/lib/session.js'

const all = computed(() => Object.entries(rules.value?.reports ?? {}).map(([name, report]) => ({ name, ...report })))
export const readable = computed(() => all.value.filter(report => hasRole(...[report.by].flat())))
export const boards = computed(() => readable.value.filter(report => report.board))
export const ofRoom = room => readable.value.filter(report => report.room === room)
export const reportTitle = report => tr(report.title, report.name)

// The parameters that REPORT declares, out of an address.
export const given = (report, query) => Object.fromEntries((report.parameters ?? []).map(({ name }) => [name, query[name]]).filter(([, value]) => value !== undefined && value !== ''))
export const file = (report, parameters, format) => `/api/v1/reports/${report.name}?${new URLSearchParams({ ...parameters, format })}`
// A parameter that has to be given, in its declared type, from the text of an address.
export const missing = (report, parameters) => (report.parameters ?? []).filter(field => !field.optional && parameters[field.name] === undefined)
export const isNumber = column => ['money', 'int', 'percent'].includes(column.type)
