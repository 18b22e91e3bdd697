// How a form is filled in by hand: each kind of field as a person would.
export const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN', '--hide-scrollbars']

const PDF = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n'

export async function uploadAll(page, dialog, papers) {
  for (const kind of papers) {
    const before = await dialog.locator('.action-papers .tag.green').count()
    const slot = dialog.locator('.action-papers input[type=file]').first()
    await slot.setInputFiles({ name: `${kind}.pdf`, mimeType: 'application/pdf', buffer: Buffer.from(PDF) })
    await dialog.locator('.action-papers .tag.green').nth(before).waitFor()
  }
}

export async function fill(page, root, fields, values, path = '') {
  for (const field of fields) {
    if (values?.[field.name] === undefined) continue
    await fillOne(page, root, field, values[field.name], path ? `${path}.${field.name}` : field.name)
  }
}

async function fillOne(page, root, field, value, path) {
  const box = root.locator(`[data-field="${path}"]`)
  const of = field.of ?? {}
  switch (field.type) {
    case 'text': return box.locator('input, textarea').first().fill(value)
    case 'int': case 'percent': return box.locator('input').first().fill(String(value))
    case 'money': return box.locator('input').first().fill(String(value / 1000000))
    case 'date':
      await box.locator('input').first().fill(value)
      return box.locator('input').first().press('Enter')
    case 'bool': return tick(box.locator('.el-checkbox').first(), value)
    case 'choice':
      if (field.choices.length <= 5) return box.locator(`.el-radio:has(input[value="${value}"])`).click()
      return choose(page, box, [value])
    case 'record': return fill(page, root, field.fields, value, path)
    case 'list':
      if (of.type === 'choice') {
        for (const one of value) await tick(box.locator(`.el-checkbox:has(input[value="${one}"])`), true)
        return
      }
      if (['ref', 'register', 'org', 'user'].includes(of.type)) return choose(page, box, value, true)
      return fillItems(page, root, box, of, value, path)
    default: return choose(page, box, [value])
  }
}

// The box itself is hidden; people click its label.
async function tick(label, wanted) {
  if (await label.locator('input').isChecked() !== wanted) await label.click()
}

// The first press of a run is a slow one, as of a tired hand.
let press = 700

async function choose(page, box, values, many = false) {
  for (const value of values) {
    const option = page.locator(`.el-select-dropdown__item[data-value="${value}"]:visible`)
    if (!await option.count()) await box.locator('.el-select__wrapper').click()
    await option.first().click({ delay: press })
    press = 0
  }
  if (many) await box.locator('.el-select__wrapper').click()
  await page.locator('.el-select-dropdown:visible').waitFor({ state: 'detached' }).catch(() => page.keyboard.press('Escape'))
}

async function fillItems(page, root, box, of, values, path) {
  for (let i = 0; i < values.length; i++) {
    if (!await root.locator(`[data-field^="${path}[${i}]"]`).count() && await box.locator('.item').count() <= i) await box.locator(`[data-add="${path}"]`).click()
    if (of.type === 'record') await fill(page, root, of.fields, values[i], `${path}[${i}]`)
    else await box.locator('.item').nth(i).locator('input, textarea').first().fill(String(values[i]))
  }
}
