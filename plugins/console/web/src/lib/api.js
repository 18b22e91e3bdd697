// The one way to the server. Refusals come back as Problem, a lost connection as Offline; both say in one sentence what is the matter.
import { ref } from 'vue'
import { serverSays } from './dates.js'
import { tr } from './i18n.js'

export const online = ref(true)
let onUnauthorized = () => {}

export function whenUnauthorized(run) {
  onUnauthorized = run
}

export class Problem extends Error {
  constructor(status, body) {
    super(tr(body?.refusals?.[0]) || body?.detail || body?.title || `HTTP ${status}`)
    this.status = status
    this.refusals = body?.refusals ?? []
    this.body = body
  }

  has(code) {
    return this.refusals.some(refusal => refusal.code === code)
  }
}

export class Offline extends Error {
  constructor() {
    super(tr({ zh: '连接不上服务器;填写的内容保留在本页,连上后可继续', en: 'The server cannot be reached; what you typed stays here, go on once it is back' }))
  }
}

// After a lost connection: asks again, less and less often, until somebody answers.
let asking = false
async function askAgain(wait = 1000) {
  if (asking && wait === 1000) return
  asking = true
  await new Promise(resolve => setTimeout(resolve, wait))
  try {
    await fetch('/healthz', { cache: 'no-store' })
    asking = false
    online.value = true
  } catch {
    askAgain(Math.min(wait * 1.6, 15000))
  }
}

function lost() {
  online.value = false
  askAgain()
  return new Offline()
}

function query(params) {
  const used = Object.entries(params ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '')
  return used.length ? `?${new URLSearchParams(used)}` : ''
}

async function call(method, path, { params, body, headers } = {}) {
  let answer, text
  try {
    answer = await fetch(`/api/v1/${path}${query(params)}`, {
      method, cache: 'no-store', credentials: 'same-origin',
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    text = await answer.text()
  } catch {
    throw lost()
  }
  online.value = true
  serverSays(answer.headers.get('date'))
  return settle(answer.status, text, answer.headers)
}

function settle(status, text, headers) {
  const json = /json/.test(headers?.get?.('content-type') ?? 'json')
  const body = text && json ? JSON.parse(text) : text || null
  if (status < 400) return body
  if (status === 401) onUnauthorized()
  throw new Problem(status, typeof body === 'object' ? body : null)
}

// Twice the same request (a click again after a lost answer) does the thing once.
export function newKey() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), n => n.toString(36)).join('-')
}

export const api = {
  get: (path, params) => call('GET', path, { params }),
  post: (path, body = {}, { key, version } = {}) =>
    call('POST', path, { body, headers: { ...(key ? { 'Idempotency-Key': key } : {}), ...(version === undefined ? {} : { 'If-Match': `"${version}"` }) } }),
  // A document with its progress (0 to 1); fetch can't tell it. Returns { done, abort }.
  upload(path, file, params, onProgress) {
    const request = new XMLHttpRequest()
    const done = new Promise((resolve, reject) => {
      request.open('POST', `/api/v1/${path}${query(params)}`)
      request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
      request.upload.onprogress = event => event.lengthComputable && onProgress?.(event.loaded / event.total)
      request.onload = () => {
        try {
          resolve(settle(request.status, request.responseText))
        } catch (fault) {
          reject(fault)
        }
      }
      request.onerror = () => reject(lost())
      request.onabort = () => reject(new DOMException('', 'AbortError'))
      request.send(file)
    })
    return { done, abort: () => request.abort() }
  },
  // A document or a file of a report, as a Blob.
  async blob(path, params) {
    let answer
    try {
      answer = await fetch(`/api/v1/${path}${query(params)}`, { credentials: 'same-origin' })
    } catch {
      throw lost()
    }
    if (answer.ok) return answer.blob()
    return settle(answer.status, await answer.text(), answer.headers)
  },
}
