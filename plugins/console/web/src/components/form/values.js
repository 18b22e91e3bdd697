// A form's values between the screen and the API: what is empty is not sent, lists and records are cleaned inside.
const empty = value => value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)

export function clean(fields, value) {
  const out = {}
  for (const field of fields ?? []) {
    const one = cleanOne(field, value?.[field.name])
    if (!empty(one)) out[field.name] = one
    else if (field.type === 'bool' && !field.optional) out[field.name] = false
  }
  return out
}

function cleanOne(field, value) {
  if (field.type === 'record') {
    const record = clean(field.fields, value)
    return Object.keys(record).length ? record : undefined
  }
  if (field.type === 'list') return (value ?? []).map(item => cleanOne({ ...field.of }, item)).filter(item => !empty(item))
  return typeof value === 'string' ? value.trim() : value
}

// Refusals by the path they name ("payments[2].amount"); what names no field of this form stays general.
export function byField(refusals, fields) {
  const names = new Set((fields ?? []).map(field => field.name))
  const found = {}, general = []
  for (const refusal of refusals ?? []) {
    const path = refusal.field?.replace(/^(input|facts)\./, '')
    if (path && names.has(path.split(/[.[]/)[0])) (found[path] ??= []).push(refusal)
    else general.push(refusal)
  }
  return { found, general }
}
