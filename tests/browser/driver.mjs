// Does in a browser what a test asks for, one JSON object a line on standard input, one answer a line on standard output. Each user has
// a context of his own, as on a machine of his own. Everything is done by clicking and typing.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { FLAGS, fill, uploadAll } from './hands.mjs'

const base = process.argv[2], password = 'banfa-demo'
const axeSource = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: false, args: FLAGS })
const users = new Map(), complaints = [], unguarded = []

async function pageOf(user, { lang, size } = {}) {
  const name = user ?? '-'
  let page = users.get(name)
  if (!page) {
    const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce', viewport: { width: 1366, height: 768 } })
    page = await context.newPage()
    page.setDefaultTimeout(90000) // a busy machine is no failure
    page.on('pageerror', fault => complaints.push(`${name}: ${fault.message}`))
    page.on('console', message => { if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(`${name}: ${message.text()}`) })
    page.on('response', answer => {
      const policy = answer.headers()['content-security-policy'] ?? ''
      if (answer.url().startsWith(base) && (!/default-src 'none'/.test(policy) || /unsafe-/.test(policy))) unguarded.push(answer.url())
    })
    users.set(name, page)
  }
  if (size) await page.setViewportSize({ width: size[0], height: size[1] })
  if (lang && page.lang !== lang) {
    if (page.url() === 'about:blank') await page.goto(`${base}/login`)
    await page.evaluate(value => localStorage.setItem('banfa.lang', JSON.stringify(value)), lang)
    page.lang = lang
  }
  return page
}

const settled = page => page.locator('.page-loading').first().waitFor({ state: 'detached' })

async function enter(page, user) {
  await page.fill('#login-user', user)
  await page.fill('#login-password', password)
  await page.press('#login-password', 'Enter')
}

async function open({ user, path, lang, size }) {
  const page = await pageOf(user, { lang, size })
  await page.goto(base + path)
  await page.locator('#login-user, h1').first().waitFor()
  if (user && await page.locator('#login-user').count()) {
    await enter(page, user)
    await page.waitForURL(base + path)
    await page.locator('main h1').waitFor()
  }
  await settled(page)
  return page
}

const ask = async (page, path) => (await page.request.get(`${base}/api/v1/${path}`)).json()

const commands = {
  async open(order) {
    const page = await open(order)
    return { title: await page.locator('h1').first().textContent() }
  },

  // A new case by its form.
  async create(order) {
    const page = await open({ ...order, path: `/cases/new/${order.kind}` })
    const kinds = await ask(page, 'kinds')
    const fields = kinds.kinds[order.kind].create.form.map(field => (typeof field === 'string' ? kinds.facts[order.kind][field] : field))
    await fill(page, page.locator('.new-case'), fields, order.facts)
    await page.locator('.new-case button[type=submit]').click()
    await page.waitForURL(url => /^\/cases\/[0-9-]+$/.test(url.pathname))
    await settled(page)
    return { id: new URL(page.url()).pathname.split('/').pop() }
  },

  // Opens an action's form, brings its papers, fills it in, confirms.
  async act({ user, case: id, what, papers = [], input = {} }) {
    const page = await open({ user, path: `/cases/${id}` })
    await openAction(page, what)
    const dialog = page.locator('.action-dialog')
    await uploadAll(page, dialog, papers)
    const [stage, name] = what.split('.')
    const action = (await ask(page, `cases/${id}`)).actions.find(one => one.stage === stage && one.action === name)
    await fill(page, dialog, action.form ?? [], input)
    const send = dialog.locator('.el-dialog__footer .el-button--primary')
    await send.click()
    const refused = dialog.locator('.fault, .field-fault, .notice[role=alert]')
    await Promise.race([dialog.waitFor({ state: 'detached' }), refused.first().waitFor()])
    if (await refused.count()) throw new Error(`${what}: ${await refused.allTextContents()}`)
    return { version: (await ask(page, `cases/${id}`)).version }
  },

  // What a blocked action says, and whether it can be sent.
  async blocked({ user, case: id, what }) {
    const page = await open({ user, path: `/cases/${id}` })
    await openAction(page, what)
    const dialog = page.locator('.action-dialog')
    return { text: await dialog.textContent(), disabled: await dialog.locator('.el-dialog__footer .el-button--primary').isDisabled() }
  },

  async click({ user, selector }) {
    await (await pageOf(user)).locator(selector).first().click()
    return {}
  },
  async type({ user, selector, text }) {
    await (await pageOf(user)).locator(selector).first().fill(text)
    return {}
  },
  // In the place of all that an editor holds, as pasted: the browser's own editing would set styles that the policy forbids.
  async paste({ user, selector, text }) {
    const page = await pageOf(user), editor = page.locator(selector).first()
    await editor.click()
    await page.keyboard.press('Control+A')
    await editor.evaluate((element, pasted) => {
      const data = new DataTransfer()
      data.setData('text/plain', pasted)
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
    }, text)
    return {}
  },
  async value({ user, selector }) {
    return { value: await (await pageOf(user)).locator(selector).first().inputValue() }
  },
  async press({ user, key }) {
    const page = await pageOf(user)
    await page.keyboard.press(key)
    return { focus: await page.evaluate(() => `${document.activeElement.tagName}.${document.activeElement.className}`) }
  },
  async wait({ user, selector, state = 'visible', timeout }) {
    const found = (await pageOf(user)).locator(selector).first()
    await found.waitFor({ state, timeout })
    return { text: state === 'detached' ? '' : await found.textContent() }
  },
  async text({ user, selector = 'body' }) {
    return { text: (await (await pageOf(user)).locator(selector).allTextContents()).join('\n') }
  },
  async offline({ user, off }) {
    await (await pageOf(user)).context().setOffline(off)
    return {}
  },
  async overflow({ user }) {
    return { wider: await (await pageOf(user)).evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth) }
  },
  async axe({ user }) {
    const page = await pageOf(user)
    await page.evaluate(axeSource) // by the debugger, which the page's policy does not bind
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
    return { violations: found.violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(one => ({ id: one.id, impact: one.impact, nodes: one.nodes.slice(0, 4).map(node => node.html.slice(0, 200)), help: one.help })) }
  },
  async shot({ user, file, full }) {
    const page = await pageOf(user)
    await page.screenshot({ path: file, fullPage: Boolean(full) })
    return {}
  },
  async complaints() {
    return { complaints: complaints.splice(0), unguarded: [...new Set(unguarded.splice(0))] }
  },
}

async function openAction(page, what) {
  const button = page.locator(`[data-action="${what}"]`).first()
  await button.waitFor({ state: 'attached' })
  const folded = page.locator(`details:not([open]):has([data-action="${what}"]) > summary`)
  if (await folded.count()) await folded.first().click()
  await button.click()
  await page.locator('.action-dialog form').waitFor()
  // a form that has opened takes the focus: what is pressed before may lose it again
  await page.waitForFunction(() => document.querySelector('.action-dialog')?.contains(document.activeElement))
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  try {
    console.log(JSON.stringify({ ok: await commands[order.do](order) }))
  } catch (fault) {
    const page = users.get(order.user ?? '-')
    if (order.debris && page) await page.screenshot({ path: order.debris }).catch(() => {})
    console.log(JSON.stringify({ fault: String(fault.message ?? fault).slice(0, 1500) }))
  }
}
await browser.close()
