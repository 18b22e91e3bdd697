// What this browser keeps between visits. A browser that keeps nothing is no error.
const PREFIX = 'banfa.'

export function kept(name, fallback = null) {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text === null ? fallback : JSON.parse(text)
  } catch {
    return fallback
  }
}

export function keep(name, value) {
  try {
    if (value === undefined || value === null) localStorage.removeItem(PREFIX + name)
    else localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch { /* full or forbidden: then it is not kept */ }
}

export function keptNames(start) {
  try {
    return Object.keys(localStorage).filter(key => key.startsWith(PREFIX + start)).map(key => key.slice(PREFIX.length))
  } catch {
    return []
  }
}
