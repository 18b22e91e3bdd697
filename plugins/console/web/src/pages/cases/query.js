// A list's address and what is asked of the server by it. The names are those of the API; `columns` is the page's own.
import { factField, factTitle, rules } from '@/lib/rules.js'

export const PAGE = 200
const OWN = ['columns']

// Without a word a list shows what is open.
export function asked(query) {
  const out = {}
  for (const [name, value] of Object.entries(query)) if (!OWN.includes(name) && value !== '') out[name] = Array.isArray(value) ? value[0] : value
  if (out.open === undefined) out.open = 'true'
  if (out.open === 'all') delete out.open
  return out
}

// Facts that a list can show, sort and be narrowed by: the columns that scripts declare, of one kind or of all.
export function factColumns(kind) {
  const kinds = kind ? [kind] : Object.keys(rules.value?.kinds ?? {})
  const found = new Map()
  for (const one of kinds)
    for (const name of rules.value?.kinds[one]?.columns ?? []) if (!found.has(name) && factField(one, name)) found.set(name, { ...factField(one, name), name, kind: one, title: () => factTitle(one, name) })
  return [...found.values()]
}

// A change of one condition: empty ones leave the address, another kind takes its facts along.
export function changed(query, change) {
  const out = { ...query, ...change }
  if ('kind' in change) for (const name of Object.keys(out)) if (name.startsWith('fact.') || name === 'columns' || (name === 'sort' && /fact\./.test(out.sort ?? ''))) delete out[name]
  for (const name of Object.keys(out)) if (out[name] === undefined || out[name] === null || out[name] === '' || out[name] === false) delete out[name]
  return out
}

export const text = query => new URLSearchParams(Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))).toString()
export const parsed = words => Object.fromEntries(new URLSearchParams(words ?? ''))
