// What a month looks like: weeks from Monday, each day with whether work is done on it.
const two = n => String(n).padStart(2, '0')
export const isoDay = (year, month, day) => `${year}-${two(month)}-${two(day)}`

export function monthOf(year, month, calendar) {
  const own = calendar?.months.find(one => one.month === month)
  const off = new Set(own?.off ?? []), makeup = new Set(own?.makeup ?? [])
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const first = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7
  const weeks = []
  let week = Array(first).fill(null)
  for (let day = 1; day <= count; day++) {
    const date = isoDay(year, month, day), weekend = (first + day - 1) % 7 > 4
    const kind = makeup.has(date) ? 'makeup' : off.has(date) ? 'off' : weekend ? 'weekend' : 'work'
    week.push({ date, day, kind })
    if (week.length === 7) {
      weeks.push(week)
      week = []
    }
  }
  if (week.length) weeks.push([...week, ...Array(7 - week.length).fill(null)])
  return { weeks, workdays: own?.workdays ?? null }
}

export function step(year, month, by) {
  const at = year * 12 + month - 1 + by
  return { year: Math.floor(at / 12), month: (at % 12) + 1 }
}
