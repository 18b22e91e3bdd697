// Days are the regulation's: Asia/Shanghai, YYYY-MM-DD. The server's day is today, also under its virtual clock.
import { ref } from 'vue'
import { lang } from './i18n.js'

const dayOf = ms => new Date(ms + 8 * 3600000).toISOString().slice(0, 10)
export const today = ref(dayOf(Date.now()))

// Every answer says what time it is there.
export function serverSays(date) {
  const ms = Date.parse(date ?? '')
  if (!Number.isNaN(ms) && dayOf(ms) !== today.value) today.value = dayOf(ms)
}

const at = date => new Date(`${date.slice(0, 10)}T00:00:00Z`)
export const daysBetween = (from, to) => Math.round((at(to) - at(from)) / 86400000)
export const plusDays = (date, days) => new Date(at(date).getTime() + days * 86400000).toISOString().slice(0, 10)
export const weekday = date => (lang.value === 'zh' ? '周' + '日一二三四五六'[at(date).getUTCDay()] : ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][at(date).getUTCDay()])
export const clock = moment => moment?.slice(0, 16).replace('T', ' ') ?? ''

// Chinese numerals for articles: 26 is 二十六.
const digits = '零一二三四五六七八九'
export function numeral(n) {
  if (n < 10) return digits[n]
  const tens = Math.floor(n / 10), ones = n % 10
  return `${tens > 1 ? digits[tens] : ''}十${ones ? digits[ones] : ''}`
}

export const articleName = n => (lang.value === 'zh' ? `第${numeral(n)}条` : `Art. ${n}`)
