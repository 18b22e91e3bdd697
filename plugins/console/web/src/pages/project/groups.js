// Facts grouped as the scripts declare them: the kind's own, then each stage's. Nothing knows what a fact means but its type.
import { rules } from '@/lib/rules.js'

export function factGroups(one) {
  const described = rules.value
  if (!described) return []
  const seen = new Set(), groups = []
  const take = (name, title, fields) => {
    const used = fields.filter(field => !seen.has(field.name) && one.facts[field.name] !== undefined && !(Array.isArray(one.facts[field.name]) && !one.facts[field.name].length))
    used.forEach(field => seen.add(field.name))
    if (used.length) groups.push({ name, title, fields: used })
  }
  const stages = Object.entries(described.stages).filter(([name, stage]) => stage.kind === one.kind && one.stages[name]).sort(([, a], [, b]) => (a.order ?? 999) - (b.order ?? 999))
  const ofStages = new Set(stages.flatMap(([, stage]) => (stage.facts ?? []).map(field => field.name)))
  take('', null, (described.kinds[one.kind]?.facts ?? []).filter(field => !ofStages.has(field.name)))
  for (const [name, stage] of stages) take(name, stage.title, stage.facts ?? [])
  take('more', null, Object.values(described.facts[one.kind] ?? {}))
  return groups
}

const hasMoney = field => field.type === 'list' && field.of?.fields?.some(part => part.type === 'money')

// What concerns money: single amounts, lists with amounts, and facts that come in numbers (x_1_y, x_2_y …), which make a table of their own.
export function moneyOf(one) {
  const fields = Object.values(rules.value?.facts[one.kind] ?? {}), order = rules.value?.kinds[one.kind]?.facts?.map(field => field.name) ?? []
  const rank = field => { const i = order.indexOf(field.name); return i < 0 ? 999 : i }
  const amounts = fields.filter(field => field.type === 'money' && one.facts[field.name] !== undefined).sort((a, b) => rank(a) - rank(b))
  const lists = fields.filter(field => hasMoney(field) && one.facts[field.name]?.length)
  return { amounts, lists, series: series(one, fields) }
}

function series(one, fields) {
  const found = new Map()
  for (const field of fields) {
    const match = field.name.match(/^(\w+?)_(\d)_(\w+)$/)
    if (!match) continue
    const [, head, number, part] = match
    const group = found.get(head) ?? found.set(head, { head, rows: new Map(), columns: new Map() }).get(head)
    group.columns.set(part, field)
    ;(group.rows.get(number) ?? group.rows.set(number, { number, cells: {} }).get(number)).cells[part] = { field, value: one.facts[field.name] }
  }
  return [...found.values()].map(group => {
    const stage = Object.entries(rules.value.stages).find(([, declared]) => declared.kind === one.kind && declared.facts?.some(field => field.name.startsWith(`${group.head}_1_`)))
    const rows = [...group.rows.values()].sort((a, b) => a.number - b.number)
    for (const row of rows) row.deadlines = one.deadlines.filter(deadline => deadline.stage === stage?.[0] && deadline.name.endsWith(`_${row.number}`))
    return { stage: stage?.[0], title: stage?.[1].title, columns: [...group.columns.keys()], rows }
  }).filter(group => group.stage && one.stages[group.stage])
}
