import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { toCsv } from '../src/parts/csv.ts'
import { keepScreens, openStage, overflow, type Stage, violations } from './stage.ts'

const organizationId = 'acme'
let stage: Stage
let good: ScriptedReceiver
let bad: ScriptedReceiver

beforeAll(async () => {
  stage = await openStage()
  good = await startReceiver()
  bad = await startReceiver({ respond: [500, 404, 500] })
})
afterAll(async () => {
  await stage.close()
  await good.close()
  await bad.close()
})

test('before anything was delivered there is nothing to count', async () => {
  const page = await stage.open('WebhookAnalyticsDashboard')
  await page.getByText('Nothing in this period').waitFor()
  expect(await violations(page)).toEqual([])
})

test('figures, causes and webhooks that need attention lead to the deliveries that they count', async () => {
  const { leadhooks } = stage
  await leadhooks.webhooks.create({ organizationId, name: 'CRM sync', url: good.url })
  const eventTypes = ['lead.created']
  const retry = { delaysMs: [] }
  await leadhooks.webhooks.create({ organizationId, name: 'Billing', url: bad.url, eventTypes, retry })
  leadhooks.startWorker()
  for (let i = 0; i < 12; i++)
    await leadhooks.dispatchEvent({
      organizationId,
      type: 'lead.created',
      data: { id: `${i}`, name: 'Ada', score: i },
    })
  await leadhooks.dispatchEvent({ organizationId, type: 'visit.scheduled', data: {} })
  await vi.waitFor(
    async () => {
      const { deliveries } = await leadhooks.analytics.summary({ organizationId })
      expect(deliveries).toBe(25)
    },
    { timeout: 20_000 },
  )

  const page = await stage.open('WebhookApiManagement', { props: { tab: 'analytics' } })
  await page.getByText('Needs attention').waitFor()
  await page.getByRole('region', { name: 'Why attempts failed' }).getByText('404', { exact: true }).waitFor()
  await page.getByRole('table', { name: 'By webhook' }).getByText('CRM sync').waitFor()
  await page.getByRole('table', { name: 'By event type' }).getByText('visit.scheduled').waitFor()
  expect(await violations(page)).toEqual([])
  await page.setViewportSize({ width: 1120, height: 1900 })
  await keepScreens(page, 'analytics')

  const chart = page.getByRole('group', { name: /^Attempts\./ })
  await chart.focus()
  await page.keyboard.press('End')
  await page.getByText(/Succeeded 13, Failed 12/).waitFor()

  const downloaded = page.waitForEvent('download')
  await page.locator('summary', { hasText: 'Show as a table' }).first().click()
  await page.getByRole('button', { name: 'Download as CSV' }).first().click()
  expect((await downloaded).suggestedFilename()).toBe('Attempts.csv')

  await page.getByLabel('Period').selectOption('Last 24 hours')
  await page.getByRole('button', { name: 'Show the 12 that failed for good' }).click()
  expect(await page.getByRole('tab', { name: 'Deliveries' }).getAttribute('aria-selected')).toBe('true')
  expect(await page.getByLabel('Status').inputValue()).toBe('dead_letter')
  await expect.poll(() => page.getByRole('row').count()).toBe(13)
})

test('it fits 320 px', async () => {
  const page = await stage.open('WebhookAnalyticsDashboard', { width: 320, props: { locale: 'de' } })
  await page.getByText('Warum Versuche fehlschlugen').waitFor()
  await page.getByText('Nach Ereignis').waitFor()
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'analytics-narrow')
})

test('what a spreadsheet would run is text in a CSV file', () => {
  expect(
    toCsv([
      ['Time', '=1+1', 'a "b", c'],
      ['1 May', -3, 4],
    ]),
  ).toBe('Time,\'=1+1,"a ""b"", c"\r\n1 May,-3,4\r\n')
})
