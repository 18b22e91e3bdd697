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
  source.onopen = () => {
    live.value = true
    tell({ data: '{}' }) // what happened before the stream was there is looked at once
  }
  source.onerror = () => {
    live.value = false
    if (source?.readyState === EventSource.CLOSED) source = null // no such stream: polling does
  }
  for (const name of ['case', 'notice', 'reload']) source.addEventListener(name, event => tell(event))
}

// RUN when something changed (WHEN, given the event's data, says whether it matters), at most every two seconds; without a stream each
// SECONDS. Ends with the component.
export function onChange(run, { seconds = 30, when = () => true } = {}) {
  let waiting = null, last = 0
  const now = () => { waiting = null; last = Date.now(); if (!document.hidden) run() }
  const soon = event => {
    let data = {}
    try { data = JSON.parse(event.data) } catch { /* then it matters */ }
    if (when(data)) waiting ??= setTimeout(now, Math.max(300, last + 2000 - Date.now()))
  }
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
