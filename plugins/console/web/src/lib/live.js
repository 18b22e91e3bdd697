// Tells when something changed: by the server's stream of events when it has one, else by asking now and then.
import { onBeforeUnmount, ref } from 'vue'

const listeners = new Set()
export const live = ref(false)
let source = null

function tell(event) {
  for (const listener of listeners) listener(event)
}

function connect() {
  if (source || typeof EventSource === 'undefined') return
  source = new EventSource('/api/v1/stream')
  source.onopen = () => { live.value = true }
  source.onerror = () => {
    live.value = false
    if (source?.readyState === EventSource.CLOSED) source = null // no such stream: polling does
  }
  for (const name of ['message', 'change', 'case', 'notice']) source.addEventListener(name, event => tell(event))
}

// RUN on every change, and each `seconds` when there is no stream. Ends with the component.
export function onChange(run, seconds = 30) {
  let waiting = null
  const soon = () => { waiting ??= setTimeout(() => { waiting = null; if (!document.hidden) run() }, 300) }
  const timer = setInterval(() => { if (!live.value && !document.hidden) run() }, seconds * 1000)
  const seen = () => { if (!document.hidden) run() }
  listeners.add(soon)
  document.addEventListener('visibilitychange', seen)
  connect()
  onBeforeUnmount(() => {
    listeners.delete(soon)
    clearInterval(timer)
    clearTimeout(waiting)
    document.removeEventListener('visibilitychange', seen)
    if (!listeners.size) {
      source?.close()
      source = null
      live.value = false
    }
  })
}
