// The life of a case as rows: stages passed, open and ahead, with their days. What is ahead comes from the forecast (if everyone acts in time).
import { rules } from '@/lib/rules.js'

export function lifeOf(one, forecast, today) {
  const declared = rules.value?.stages ?? {}
  const rows = Object.entries(one.stages).filter(([name]) => !declared[name] || !declared[name].kind || declared[name].kind === one.kind)
    .map(([name, stage]) => ({ name, title: stage.title, articles: stage.articles, state: stage.state === 'open' ? 'open' : 'passed', from: stage.opened, to: stage.closed ?? null, round: stage.round ?? 1, order: declared[name]?.order ?? 999 }))
  const known = new Map(rows.map(row => [row.name, row]))
  for (const step of forecast?.if_everybody_acts ?? []) {
    if (!step.stage) continue
    const row = known.get(step.stage)
    if (!row) {
      const ahead = { name: step.stage, title: declared[step.stage]?.title, articles: declared[step.stage]?.articles, state: 'ahead', from: step.date, to: step.date, order: declared[step.stage]?.order ?? 999 }
      known.set(step.stage, ahead)
      rows.push(ahead)
    } else if (row.state !== 'passed') {
      if (row.state === 'open') row.until = step.date
      else row.to = step.date
    }
  }
  rows.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.order - b.order))
  return { rows, begin: rows.length ? rows.reduce((least, row) => (row.from < least ? row.from : least), rows[0].from) : today }
}
