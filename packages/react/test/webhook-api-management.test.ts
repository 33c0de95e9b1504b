import { afterAll, beforeAll, expect, test } from 'vitest'
import { focused, keepScreens, openStage, overflow, type Stage, violations } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

test('all components are a tab away, by the arrow keys too', async () => {
  const url = `${stage.server.origin}/hooks`
  await stage.leadhooks.webhooks.create({
    organizationId: 'acme',
    name: 'CRM sync',
    url,
    eventTypes: ['lead.*'],
  })
  const page = await stage.open('WebhookApiManagement')
  await page.getByRole('button', { name: 'CRM sync', exact: true }).waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'management')

  await page.getByRole('tab', { name: 'Webhooks' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByText('No deliveries yet').waitFor()
  expect(await focused(page)).toBe('Deliveries')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.getByText('No API keys yet').waitFor()
  expect(await focused(page)).toBe('API keys')
  await page.keyboard.press('Home')
  await page.getByRole('button', { name: 'CRM sync', exact: true }).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Add webhook')

  const narrow = await stage.open('WebhookApiManagement', { width: 320, props: { tab: 'test' } })
  await narrow.getByRole('button', { name: 'Send test' }).waitFor()
  expect(await overflow(narrow)).toBeLessThanOrEqual(0)
  expect(await violations(narrow)).toEqual([])
})

test('a user who may do little is shown little, and the API refuses the rest', async () => {
  const page = await stage.open('WebhookApiManagement', { role: 'nobody' })
  await page.getByText('You may not see this').waitFor()
  const told = await stage.open('WebhookApiManagement', {
    props: { permissions: 'read:webhooks read:deliveries' },
  })
  await told.getByRole('button', { name: 'CRM sync', exact: true }).waitFor()
  expect(await told.getByRole('tab').allTextContents()).toEqual(['Webhooks', 'Deliveries'])
  expect(await told.getByRole('button', { name: 'Add webhook' }).count()).toBe(0)
  await told.getByRole('button', { name: 'CRM sync', exact: true }).click()
  await told.getByText('lead.*').last().waitFor()
  for (const name of ['Edit', 'Switch off', 'Rotate secret', 'Show secret', 'Delete'])
    expect(await told.getByRole('button', { name }).count()).toBe(0)
})
