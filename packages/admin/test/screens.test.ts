import { focused, keepScreens, overflow, violations } from '@leadhooks/test-services/browser'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Seeded, seed } from './seed.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let seeded: Seeded

beforeAll(async () => {
  stage = await openStage({
    branding: { environment: 'staging', backLink: { href: '/crm', label: 'Back to the CRM' } },
    locale: 'en-GB',
  })
  seeded = await seed(stage.leadhooks, 'acme', 500)
})
afterAll(async () => {
  await stage.close()
  for (const receiver of seeded.receivers) await receiver.close()
})
afterEach(async () => {
  await stage.closePages()
  stage.outage = 'none'
  stage.complaints.length = 0
})

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 2 })

/** All screens, and what is to be seen on each when it is there. */
const all: [name: string, seen: string][] = [
  ['overview', 'Last 7 days'],
  ['webhooks', 'CRM sync'],
  ['deliveries', 'lead.created'],
  ['dead-letters', 'All attempts failed.'],
  ['analytics', 'Why attempts failed'],
  ['test', 'Send test'],
  ['keys', 'Zapier'],
  ['events', 'A lead came in'],
  ['audit', 'API key created'],
]

describe('every screen', () => {
  test.each(all)('%s: in both themes, on wide pages and on narrow ones', async (name, seen) => {
    const page = await stage.open(`/#/${name}`)
    await page.getByText(seen).last().waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, `admin-${name}`)
    const narrow = await stage.open(`/#/${name}`, { width: 320 })
    await narrow.getByText(seen).last().waitFor()
    expect(await overflow(narrow)).toBeLessThanOrEqual(0)
    expect(await violations(narrow)).toEqual([])
    await keepScreens(narrow, `admin-${name}-narrow`)
    expect(stage.complaints).toEqual([])
  })
})

describe('the overview', () => {
  test('before anything has happened it shows the way to the first delivery', async () => {
    const page = await stage.open('/#/overview?organization=empty', { role: 'staff' })
    await page.getByText('Nothing needs your attention').waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'admin-overview-empty')
    await button(page, 'Add webhook').click()
    await page.getByText('No webhooks yet').waitFor()
    expect(page.url()).toContain('#/webhooks?organization=empty')
  })

  test('what needs attention leads to where something is done about it, and back', async () => {
    const page = await stage.open('/')
    await page.getByText('500 deliveries failed for good').waitFor()
    await page.getByText('Failing', { exact: true }).waitFor()
    await page.getByText('This API key ends in 2 days').waitFor()
    await button(page, /Show causes/).click()
    await page.getByText('500 deliveries').first().waitFor()
    expect(page.url()).toMatch(/#\/dead-letters$/)
    await button(page, 'Show deliveries of Billing').click()
    await heading(page, 'Deliveries').waitFor()
    expect(page.url()).toContain(`#/deliveries?status=dead_letter&webhookId=${seeded.badId}`)
    expect(await page.getByLabel('Status').inputValue()).toBe('dead_letter')
    await page.goBack()
    await page.goBack()
    await page.getByText('500 deliveries failed for good').waitFor()
  })
})

test('dead letters: the cause in words, one of them looked at, then all replayed with their number seen first', async () => {
  const page = await stage.open('/#/dead-letters')
  await page
    .getByText('These are the newest 500')
    .or(page.getByText('All attempts failed.'))
    .first()
    .waitFor()
  await button(page, 'Look at one: 500').click()
  await page.getByRole('dialog').getByText('out of disk').waitFor({ state: 'attached' })
  await page.keyboard.press('Escape')
  await button(page, 'Replay: Billing').click()
  await button(page, 'Count them').click()
  await page.getByText('500 deliveries match').waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'admin-replay')
  await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click()
  await page.getByText('Under way').waitFor()
  await button(page, 'End replay').click()
  await page.getByText('Ended.').waitFor()
})

test('the audit log: who and from what to what; by what was done', async () => {
  const page = await stage.open('/#/webhooks')
  await button(page, 'CRM sync').first().click()
  await button(page, 'Edit').click()
  await page.getByText('More settings').click()
  await page.getByLabel('Description').fill('What the sales team sees')
  await button(page, 'Save').click()
  await page.getByText('What the sales team sees').waitFor()
  await page.goto(`${stage.origin}/#/audit`)
  await page.getByLabel('What', { exact: true }).selectOption('Webhook changed')
  await button(page, 'Webhook changed').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('"What the sales team sees"').waitFor()
  await dialog.getByText('jane@acme.example (user)').waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'admin-audit-entry')
  expect(page.url()).toContain('#/audit?action=webhook.updated')
})

test('event types: found, with example, schema, code and who gets them', async () => {
  const page = await stage.open('/#/events')
  await page.getByLabel('Search events').fill('a lead')
  expect(await button(page, 'visit.scheduled').count()).toBe(0)
  await button(page, 'lead.created').click()
  await page.getByText('"Ada Lovelace"').waitFor()
  await page
    .getByText('Goes to: Billing, CRM sync')
    .or(page.getByText('Goes to: CRM sync, Billing'))
    .waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'admin-event-type')
  await page.getByRole('tab', { name: 'Schema' }).click()
  await page.getByText('"score"').waitFor()
  await page.getByRole('tab', { name: 'Code' }).click()
  await page.getByText('verifyWebhook').first().waitFor()
})

describe('the address', () => {
  test('has what is open: a link shows a webhook, a delivery, an event type', async () => {
    const page = await stage.open(`/#/webhooks?open=${seeded.goodId}`)
    await page.getByRole('dialog').getByText('Secret from').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.url()).toMatch(/#\/webhooks$/)
    await page.getByRole('link', { name: 'Deliveries' }).click()
    await button(page, 'lead.created').first().click()
    await page.getByRole('dialog').getByText('Delivery id').waitFor()
    const address = page.url()
    expect(address).toMatch(/#\/deliveries\?open=dlv_|#\/deliveries\?open=/)
    await page.reload()
    await page.getByRole('dialog').getByText('Delivery id').waitFor()
    await page.goto(`${stage.origin}/#/events?open=lead.created`)
    await page.getByRole('dialog').getByText('A lead came in').waitFor()
    await page.goto(`${stage.origin}/#/webhooks?open=nothing`)
    await page.getByRole('alert').getByText('No webhook').waitFor()
  })

  test('has the filters of the log: a link or a reload shows the same', async () => {
    const page = await stage.open('/#/deliveries')
    await page.getByLabel('Status').selectOption('Delivered')
    await page.getByLabel('Event type').selectOption('visit.scheduled')
    await page.getByLabel('Event id').fill('evt_nothing')
    await page.getByText('Nothing matches').waitFor()
    expect(page.url()).toMatch(
      /#\/deliveries\?eventId=evt_nothing&eventType=visit.scheduled&status=delivered$/,
    )
    await page.reload()
    await page.getByText('Nothing matches').waitFor()
    expect(await page.getByLabel('Event id').inputValue()).toBe('evt_nothing')
    await button(page, 'Clear filters').click()
    await page.getByText('lead.created').last().waitFor()
    expect(page.url()).toMatch(/#\/deliveries$/)
  })

  test('that leads nowhere says so, and what it says beside filters is left out', async () => {
    const page = await stage.open('/#/nothing')
    await page.getByText('There is nothing at this address').waitFor()
    await page.goto(`${stage.origin}/#/deliveries?organizationId=globex&status=delivered`)
    await page.getByText('Delivered', { exact: true }).nth(2).waitFor()
    expect(stage.complaints).toEqual([])
  })
})

test('by the keyboard: past the menu, along it, and to another screen', async () => {
  const page = await stage.open('/')
  await heading(page, 'Overview').waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('To the content')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('content')
  await page.keyboard.press('Shift+Tab')
  expect(await focused(page)).toBe('Audit log')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  expect(await focused(page)).toBe('API keys')
  await page.keyboard.press('Enter')
  await heading(page, 'API keys').waitFor()
  expect(await page.getByRole('link', { name: 'API keys' }).getAttribute('aria-current')).toBe('page')
})

describe('who looks at them', () => {
  test('who may only read is offered nothing else', async () => {
    const page = await stage.open('/#/webhooks', { role: 'viewer' })
    await page.getByText('CRM sync').waitFor()
    expect(await button(page, 'Add webhook').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Test' }).count()).toBe(0)
    await button(page, 'CRM sync').first().click()
    await page.getByRole('dialog').getByText('Secret from').waitFor()
    for (const name of ['Edit', 'Switch off', 'Rotate secret', 'Show secret', 'Delete'])
      expect(await button(page, name).count()).toBe(0)
  })

  test('who may see nothing is told so', async () => {
    const page = await stage.open('/', { role: 'nobody' })
    await page.getByText('You may see none of these screens').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('who is not signed in gets no screens', async () => {
    const page = await stage.open('/', { role: 'stranger' })
    await page.getByText('You may not see this').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('staff choose an organization, and another one', async () => {
    await stage.leadhooks.organizations.upsert({ id: 'acme', name: 'Acme Ltd' })
    const page = await stage.open('/', { role: 'staff' })
    await button(page, 'Acme Ltd').waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'admin-organizations')
    await button(page, 'Acme Ltd').click()
    await page.getByText('500 deliveries failed for good').waitFor()
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByText('CRM sync').waitFor()
    await page.getByLabel('Organization').fill('globex')
    await button(page, 'Open').first().click()
    await page.getByText('No webhooks yet').waitFor()
    expect(page.url()).toContain('organization=globex')
    await page.goBack()
    await page.getByText('CRM sync').waitFor()
    expect(await page.getByLabel('Organization').inputValue()).toBe('acme')
  })

  test('an organization in the address of somebody else changes nothing', async () => {
    await stage.leadhooks.webhooks.create({
      organizationId: 'globex2',
      name: 'Secret',
      url: 'http://127.0.0.1:19009/',
    })
    const page = await stage.open('/#/webhooks?organization=globex2')
    await page.getByText('CRM sync').waitFor()
    expect(await page.getByText('Secret', { exact: true }).count()).toBe(0)
  })
})

describe('when something is wrong', () => {
  test('the session ends: it says so, keeps what is seen, and goes on after signing in', async () => {
    const page = await stage.open('/#/deliveries')
    await page.getByText('lead.created').last().waitFor()
    await page.context().clearCookies()
    await page.getByText('You are signed out. Sign in, and go on here').waitFor()
    expect(await violations(page)).toEqual([])
    expect(await page.getByText('lead.created').count()).toBeGreaterThan(5)
    await keepScreens(page, 'admin-signed-out')
    await page.context().addCookies([{ name: 'role', value: 'admin', url: stage.origin }])
    await expect.poll(() => page.getByText('You are signed out').count()).toBe(0)
  })

  test('the server goes away and comes back: the screen stays, and goes on by itself', async () => {
    const page = await stage.open('/#/deliveries')
    await page.getByText('lead.created').last().waitFor()
    stage.outage = 'gone'
    await page.getByText('The server cannot be reached').waitFor()
    expect(await page.getByText('lead.created').count()).toBeGreaterThan(5)
    stage.outage = 'none'
    await expect.poll(() => page.getByText('The server cannot be reached').count()).toBe(0)
  })
})

test('hostile names are shown as they are, on every screen: no script runs, and nothing is asked of anybody', async () => {
  const hostile = `"><img src=https://evil.example/x onerror="hacked=1"><script>hacked=1</script>{{7*7}}`
  const organizationId = 'hostile'
  const { leadhooks } = stage
  await leadhooks.organizations.upsert({ id: organizationId, name: hostile })
  await leadhooks.webhooks.create({
    organizationId,
    name: hostile,
    description: hostile,
    url: `http://127.0.0.1:19009/?x=${encodeURIComponent(hostile)}`,
    eventTypes: ['lead.created'],
    headers: { 'x-own': 'javascript:alert(1)' },
  })
  await leadhooks.apiKeys.create({ organizationId, name: hostile, description: hostile })
  await leadhooks.dispatchEvent({
    organizationId,
    type: 'lead.created',
    data: { id: hostile, name: hostile, score: 1 },
  })
  for (const [name] of all) {
    const page = await stage.open(`/#/${name}?organization=${organizationId}`, { role: 'staff' })
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate('typeof hacked')).toBe('undefined')
    expect(await page.locator('img, iframe').count()).toBe(0)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await page.context().close()
  }
  const page = await stage.open(`/#/webhooks?organization=${organizationId}`, { role: 'staff' })
  await button(page, hostile).first().click()
  await page.getByRole('dialog').getByText(hostile).first().waitFor()
  expect(await page.evaluate('typeof hacked')).toBe('undefined')
  expect(stage.complaints).toEqual([])
})

test('in German', async () => {
  const german = await openStage({ locale: 'de', theme: 'dark', readOnly: true })
  const page = await german.open('/')
  await heading(page, 'Übersicht').waitFor()
  await page.getByText('Nur lesen').waitFor()
  expect(await page.evaluate('document.documentElement.lang')).toBe('de')
  expect(await violations(page)).toEqual([])
  await german.close()
})
