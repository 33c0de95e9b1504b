import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { focused, keepScreens, openStage, overflow, type Stage, violations } from './stage.ts'

const organizationId = 'acme'
let stage: Stage
let receiver: ScriptedReceiver

beforeAll(async () => {
  stage = await openStage()
  receiver = await startReceiver()
})
afterAll(async () => {
  await stage.close()
  await receiver.close()
})

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })

test('a webhook is added, tried, seen to deliver, changed, rotated, switched and removed, without documentation', async () => {
  const page = await stage.open('WebhookManager')
  await page.getByText('No webhooks yet').waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'webhooks-empty')

  await button(page, 'Add webhook').first().click()
  const url = page.getByLabel('URL')
  await url.fill('http://192.168.7.7/hooks')
  await page.getByText('looks like an address inside a network').waitFor()
  await url.fill(receiver.url)
  await page.getByLabel('Name').fill('CRM sync')
  await page.getByLabel('Chosen events').check()
  await page.getByLabel('Search events').fill('lead')
  await page.getByRole('checkbox', { name: 'lead.*' }).check()
  expect(await page.getByRole('checkbox', { name: 'visit.scheduled' }).count()).toBe(0)
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'webhook-new')
  await page.getByRole('dialog').getByRole('button', { name: 'Add webhook' }).click()

  const shown = page.getByRole('alertdialog')
  await shown.getByRole('button', { name: 'Show', exact: true }).click()
  const secret = /whsec_[\w+/=]+?(?=Hide)/.exec((await shown.textContent()) ?? '')?.[0] ?? ''
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'webhook-secret')
  await shown.getByRole('button', { name: 'Copy' }).first().click()
  await button(page, 'I have saved it').click()

  await button(page, 'CRM sync').click()
  await page.getByRole('tab', { name: 'Test' }).click()
  await button(page, 'Send test').click()
  await page.getByText('it takes deliveries').waitFor()
  const [request] = await receiver.received(1)
  const { body: payload = '', headers = {} } = request ?? {}
  expect(verifySignature({ payload, headers, secret })).toMatchObject({ event: 'lead.created' })

  await page.getByRole('tab', { name: 'Overview' }).click()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'webhook-details')
  await button(page, 'Edit').click()
  await page.getByLabel('Name').fill('CRM')
  await page.keyboard.press('Escape')
  await page.getByText('What you changed is not saved').waitFor()
  await button(page, 'Stay').click()
  await page.getByText('More settings').click()
  await page.getByLabel('Own headers').fill('X-Tenant: acme')
  await page.getByLabel('Retries').selectOption('Stepped')
  await button(page, 'Save').click()
  await page.getByRole('dialog', { name: 'CRM' }).getByText('x-tenant').waitFor()

  await button(page, 'Rotate secret').click()
  await button(page, 'Rotate').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Copy' }).first().click()
  await button(page, 'I have saved it').click()
  await button(page, 'CRM').click()
  await page.getByText('Former secret signs until').waitFor()
  await button(page, 'Show secret').click()
  await page.getByText('The audit log keeps that you looked').waitFor()
  expect(await focused(page)).toBe('Cancel')
  await page.getByRole('dialog').getByRole('button', { name: 'Show secret' }).last().click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Copy' }).first().click()
  const revealed: string = await page.evaluate('navigator.clipboard.readText()')
  expect(revealed).toMatch(/^whsec_/)
  expect(revealed).not.toBe(secret)
  await button(page, 'I have saved it').click()

  await button(page, 'CRM').click()
  await button(page, 'Switch off').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).last().click()
  await page.getByText('It was switched off by hand').waitFor()
  await keepScreens(page, 'webhook-off')
  await button(page, 'Switch on').click()
  await page.getByLabel('Cancel all').check()
  await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).last().click()
  await button(page, 'Delete').click()
  const remove = page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).last()
  expect(await remove.isDisabled()).toBe(true)
  await page.getByLabel('Type “CRM” to go on').fill('CRM')
  await remove.click()
  await page.getByText('No webhooks yet').waitFor()
})

test('what is wrong with a webhook is said at its field, and nothing is made', async () => {
  const { data: before } = await stage.leadhooks.webhooks.list({ organizationId })
  const page = await stage.open('WebhookManager')
  await button(page, 'Add webhook').first().click()
  await page.getByLabel('URL').fill('https://user:secret@example.com/hooks')
  await page.getByText('User name and password do not belong').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Add webhook' }).click()
  await page.getByRole('alert').first().waitFor()
  expect(await page.getByLabel('URL').getAttribute('aria-invalid')).toBe('true')
  const { data: after } = await stage.leadhooks.webhooks.list({ organizationId })
  expect(after).toEqual(before)
})

test('webhooks that fail or rest say so in words, on wide pages and on narrow ones', async () => {
  const { webhooks } = stage.leadhooks
  await webhooks.create({
    organizationId,
    name: 'Sync',
    url: `${receiver.url}/sync`,
    eventTypes: ['lead.created', 'lead.deleted', 'visit.scheduled'],
  })
  const { webhook } = await webhooks.create({ organizationId, url: `${receiver.url}/hooks?tenant=1` })
  await webhooks.disable({ organizationId, id: webhook.id })
  const page = await stage.open('WebhookManager')
  await page.getByText('Off', { exact: true }).waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'webhooks')
  const narrow = await stage.open('WebhookManager', { width: 320 })
  await button(narrow, `127.0.0.1:${receiver.port}/hooks?tenant=1`).click()
  await narrow.getByText('It was switched off by hand').waitFor()
  expect(await overflow(narrow)).toBeLessThanOrEqual(0)
  expect(await violations(narrow)).toEqual([])
  await keepScreens(narrow, 'webhook-narrow')
})
