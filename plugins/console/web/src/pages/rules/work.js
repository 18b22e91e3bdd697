// What an operator changes: files over the rules in force, kept in this browser until they are handed in or dropped.
import { computed, reactive, ref, shallowRef, toRaw } from 'vue'
import { api, Problem } from '@/lib/api.js'
import { keep, kept } from '@/lib/kept.js'
import { loadRules, rules } from '@/lib/rules.js'
import { me } from '@/lib/session.js'

export const base = shallowRef(null) // { hash, at_ms, bundle: { files, calendar } }
export const changes = reactive({}) // path: text, or null for a file that goes
export const found = ref(null) // of the last check: { ok, summary } or { refusals }
export const checking = ref(false)

const name = () => `rules.${me.value?.user ?? ''}`
let asked = null

// A county's administrator changes what lies below counties/CODE/ and nothing else; null: everything.
export const reach = computed(() => {
  const place = rules.value?.jurisdictions?.[me.value?.jurisdiction]
  return place?.parent ? `counties/${me.value.jurisdiction}/` : null
})
export const mayEdit = path => !reach.value || path.startsWith(reach.value)
export const changed = computed(() => Object.keys(changes).sort())
export const files = computed(() => {
  const all = new Set(Object.keys(base.value?.bundle.files ?? {}))
  for (const path of Object.keys(changes)) all.add(path)
  return [...all].sort()
})

export const textBefore = path => base.value?.bundle.files[path] ?? ''
export const textOf = path => (path in changes ? changes[path] ?? '' : textBefore(path))
export const stateOf = path => {
  if (!(path in changes)) return ''
  if (changes[path] === null) return 'gone'
  return path in (base.value?.bundle.files ?? {}) ? 'changed' : 'new'
}

function save() {
  keep(name(), Object.keys(changes).length ? { changes: toRaw(changes), base: base.value?.hash } : null)
}

export function write(path, text) {
  if (text === (base.value?.bundle.files[path] ?? null)) delete changes[path]
  else changes[path] = text
  save()
  soon()
}

export function undo(path) {
  delete changes[path]
  save()
  soon()
}

export function undoAll() {
  for (const path of Object.keys(changes)) delete changes[path]
  save()
  soon()
}

export function begin(next) {
  for (const path of Object.keys(changes)) delete changes[path]
  Object.assign(changes, next)
  save()
  soon()
}

// The rules in force, and what was being changed when this browser was last here.
export function open(again = false) {
  if (again) asked = null
  asked ??= Promise.all([api.get('rules/show'), loadRules()]).then(([set]) => {
    base.value = set
    const before = kept(name())
    for (const path of Object.keys(changes)) delete changes[path]
    for (const [path, text] of Object.entries(before?.changes ?? {})) {
      if (text !== (set.bundle.files[path] ?? null)) changes[path] = text
    }
    if (changed.value.length) soon()
    else found.value = null
  }).catch(fault => {
    asked = null
    throw fault
  })
  return asked
}

// Checking, a moment after the last letter; an answer for an older text is thrown away.
let timer = null, turn = 0
function soon() {
  clearTimeout(timer)
  turn++
  if (!changed.value.length) {
    found.value = null
    checking.value = false
    return
  }
  timer = setTimeout(check, 500)
}

export async function check() {
  clearTimeout(timer)
  const mine = ++turn
  checking.value = true
  let answer
  try {
    answer = { ok: true, summary: await api.post('rules/check', { changes: toRaw(changes) }) }
  } catch (fault) {
    answer = fault instanceof Problem ? { ok: false, refusals: fault.refusals.length ? fault.refusals : [{ zh: fault.message, en: fault.message }], crossed: fault.body?.crossed } : { ok: false, refusals: [{ zh: fault.message, en: fault.message }] }
    if (fault.status === 503 && mine === turn) timer = setTimeout(check, 1500)
  }
  if (mine !== turn) return
  checking.value = false
  found.value = answer
}

// "stages/work.lua:12" is a place; so is "stages/work.lua" alone.
export function placeOf(refusal) {
  const match = /^([^\s:]+\.lua)(?::(\d+))?/.exec(refusal.field ?? '') ?? /([\w/.-]+\.lua):(\d+)/.exec(refusal.en ?? '')
  return match ? { path: match[1], line: Number(match[2] ?? 0) } : null
}

// The sentence without the place before it, which is shown as the place.
export function sentence(text, place) {
  if (!place) return text
  const at = text.indexOf(`${place.path}:${place.line}`)
  return at < 0 ? text : text.slice(at + `${place.path}:${place.line}`.length).replace(/^[::]\s*/, '')
}
