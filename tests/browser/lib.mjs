// A browser on a server: starts Debian's Chromium, logs people in, watches that no page breaks its policy or fails silently.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN']

export async function browse(run) {
  const profile = mkdtempSync(join(tmpdir(), 'banfa-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: false, args: FLAGS, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1366, height: 768 },
  })
  try {
    return await run(context)
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
}

// A page whose complaints are kept: scripts that fail, what the policy forbids.
export async function openPage(context, base) {
  const page = await context.newPage()
  page.complaints = []
  page.on('pageerror', fault => page.complaints.push(`error: ${fault.message}`))
  page.on('console', message => {
    if (message.type() === 'error' && !/the server responded with a status of (401|404|409|412|422)/.test(message.text())) page.complaints.push(`console: ${message.text()}`)
  })
  page.base = base
  return page
}

export async function login(page, user, password = 'banfa-demo') {
  await page.context().clearCookies()
  await page.goto(`${page.base}/login`)
  await page.fill('#login-user', user)
  await page.fill('#login-password', password)
  await page.press('#login-password', 'Enter')
  await page.waitForURL(url => !url.pathname.startsWith('/login'))
}
