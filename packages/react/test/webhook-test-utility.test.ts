import { redirectTo, type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepScreens, openStage, overflow, type Stage, violations } from './stage.ts'

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

test('without a webhook there is nothing to test', async () => {
  const page = await stage.open('WebhookTestUtility')
  await page.getByText('Add a webhook first').waitFor()
  expect(await violations(page)).toEqual([])
})

test('a test tells all: the verdict, what was met, times, what went over the wire, and what was signed', async () => {
  const { webhook } = await stage.leadhooks.webhooks.create({ organizationId, url: receiver.url })
  const page = await stage.open('WebhookTestUtility', { props: { webhookId: webhook.id } })
  const payload = page.getByLabel('Data', { exact: true })
  expect(await payload.inputValue()).toContain('Ada Lovelace')
  await payload.fill('{ "id": ')
  await page.getByText('This is no JSON').waitFor()
  expect(await page.getByRole('button', { name: 'Send test' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Back to the example' }).click()
  await page.getByRole('button', { name: 'Send test' }).click()
  await page.getByText('it takes deliveries').waitFor()
  expect(await page.getByText('Yes', { exact: true }).count()).toBe(4)
  await page.getByRole('tab', { name: 'Request' }).focus()
  await page.keyboard.press('End')
  await page.getByText('What is signed').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Home')
  await keepScreens(page, 'webhook-test')
  // Told to the host once, though the component is mounted twice in strict mode.
  expect(await page.evaluate('reports.length + " " + reports[0].outcome')).toBe('1 succeeded')
})

test('a receiver that redirects, or that nobody finds, is told from one that takes deliveries', async () => {
  const elsewhere = await startReceiver({ respond: redirectTo('https://example.com/') })
  await stage.leadhooks.webhooks.create({ organizationId, name: 'Redirects', url: elsewhere.url })
  const gone = await startReceiver()
  await gone.close()
  await stage.leadhooks.webhooks.create({ organizationId, name: 'Gone', url: gone.url })
  const page = await stage.open('WebhookTestUtility', { width: 320 })
  await page.getByLabel('Webhook', { exact: true }).selectOption('Gone')
  await page.getByRole('button', { name: 'Send test' }).click()
  await page.getByRole('tab', { name: 'Answer' }).click()
  await page.getByText('There was no answer.').waitFor()
  expect(await page.getByText('Not known').count()).toBe(3)
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'webhook-test-failed')
  await page.getByLabel('Webhook', { exact: true }).selectOption('Redirects')
  await page.getByRole('button', { name: 'Send test' }).click()
  await page.getByText('a redirect: those are not followed').waitFor()
  await elsewhere.close()
})
