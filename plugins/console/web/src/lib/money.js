// Money is whole fen everywhere; people read 万元 and can see the exact figure.
import { ref, watchEffect } from 'vue'
import { lang } from './i18n.js'
import { keep, kept } from './kept.js'

export const unit = ref(kept('unit', 'wan') === 'yuan' ? 'yuan' : 'wan')
watchEffect(() => keep('unit', unit.value))

const group = text => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',')

export function yuan(fen) {
  const sign = fen < 0 ? '-' : '', whole = Math.abs(fen)
  return `${sign}${group(String(Math.floor(whole / 100)))}.${String(whole % 100).padStart(2, '0')}`
}

// 万元 without rounding anything away: 8,259.4 万元, 0.0001 万元
export function wan(fen) {
  const sign = fen < 0 ? '-' : '', whole = Math.abs(fen)
  const rest = String(whole % 1000000).padStart(6, '0').replace(/0+$/, '')
  return `${sign}${group(String(Math.floor(whole / 1000000)))}${rest ? `.${rest}` : ''}`
}

const units = { wan: ['万元', '×10k yuan'], yuan: ['元', 'yuan'] }
export const unitName = which => units[which][lang.value === 'zh' ? 0 : 1]
export const inUnit = (fen, which = unit.value) => `${which === 'wan' ? wan(fen) : yuan(fen)} ${unitName(which)}`

// What somebody typed, in UNIT, to fen: "1,234.5" or null when it is no amount.
export function parseMoney(text, which = 'wan') {
  const clean = String(text).replace(/[,,\s]/g, '')
  const places = which === 'wan' ? 6 : 2
  const match = clean.match(/^(\d{1,10})(?:\.(\d*))?$/)
  if (!match || (match[2] ?? '').length > places) return null
  return Number(match[1]) * 10 ** places + Number((match[2] ?? '').padEnd(places, '0') || 0)
}
