// What the scripts say of kinds, stages, facts, papers, roles: read once, then used for every title and every form. Nothing of it is
// written here, so what a county adds appears by itself.
import { shallowRef } from 'vue'
import { api } from './api.js'
import { joined, tr } from './i18n.js'

export const rules = shallowRef(null)
export const orgs = shallowRef({})

let asked = null
export function loadRules(again = false) {
  if (again) asked = null
  asked ??= Promise.all([api.get('kinds'), api.get('orgs').catch(() => ({ items: [] }))]).then(([kinds, list]) => {
    rules.value = kinds
    orgs.value = Object.fromEntries((list.items ?? []).map(org => [org.id, org]))
    return kinds
  }).catch(fault => {
    asked = null
    throw fault
  })
  return asked
}

export const stageOf = name => rules.value?.stages[name]
export const stageTitle = name => tr(stageOf(name)?.title, name)
export const actionTitle = (stage, action) => tr(stageOf(stage)?.actions?.[action]?.title, action)
export const kindTitle = name => tr(rules.value?.kinds[name]?.title, name)
export const paperTitle = kind => tr(rules.value?.papers[kind], kind)
export const roleTitle = role => tr(rules.value?.roles[role], role)
export const placeTitle = code => tr(rules.value?.jurisdictions[code], code)
export const orgTitle = id => tr(orgs.value[id], id)
export const factField = (kind, name) => rules.value?.facts[kind]?.[name]
export const factTitle = (kind, name) => tr(factField(kind, name), name)

// "by" of an action is a role or a list of them.
export const rolesTitle = by => joined((Array.isArray(by) ? by : [by]).filter(Boolean).map(roleTitle))

// Facts in the order in which the scripts declare them, the kind's own first.
export function factOrder(kind) {
  return (rules.value?.kinds[kind]?.facts ?? []).map(field => field.name)
}
