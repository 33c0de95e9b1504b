import type { Delivery } from '@leadhooks/core'
import { type Answer, type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { keepScreens, openStage, overflow, type Stage, violations } from './stage.ts'

const organizationId = 'acme'
let stage: Stage
let receiver: ScriptedReceiver
let failing: ScriptedReceiver
let webhookId: string
let failingId: string
/** Of the receiver that fails, until it is put right. */
let answer: Answer = { status: 500, body: '{"error":"<script>alert(1)</script>"}' }

beforeAll(async () => {
  stage = await openStage()
  receiver = await startReceiver()
  failing = await startReceiver({ respond: () => answer })
})
afterAll(async () => {
  await stage.close()
  await receiver.close()
  await failing.close()
})
beforeEach(() => stage.server.break(undefined))

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

async function ended(type: string): Promise<Delivery[]> {
  const { deliveries } = stage.leadhooks
  await vi.waitFor(
    async () => {
      const { data } = await deliveries.list({ organizationId, eventType: type, limit: 100 })
      expect(data.filter(({ finishedAt }) => finishedAt === null)).toEqual([])
    },
    { timeout: 20_000 },
  )
  return (await deliveries.list({ organizationId, eventType: type, limit: 100 })).data
}

test('before the first delivery it says when there will be one', async () => {
  const page = await stage.open('WebhookLogViewer')
  await page.getByText('No deliveries yet').waitFor()
  expect(await violations(page)).toEqual([])
  await keepScreens(page, 'deliveries-empty')
})

describe('with deliveries', () => {
  beforeAll(async () => {
    const { leadhooks } = stage
    const good = await leadhooks.webhooks.create({ organizationId, name: 'CRM sync', url: receiver.url })
    const bad = await leadhooks.webhooks.create({
      organizationId,
      name: 'Billing',
      url: failing.url,
      eventTypes: ['lead.created'],
      retry: { delaysMs: [] },
    })
    webhookId = good.webhook.id
    failingId = bad.webhook.id
    leadhooks.startWorker()
    for (let i = 0; i < 6; i++) {
      await leadhooks.dispatchEvent({
        organizationId,
        type: 'lead.created',
        id: `evt_lead_${i}`,
        data: { id: `lead_${i}`, name: "Dwayne O'Neil", score: i },
      })
    }
    await leadhooks.dispatchEvent({ organizationId, type: 'visit.scheduled', data: { id: 'visit_1' } })
    await ended('lead.created')
    await ended('visit.scheduled')
  })

  test('what failed is found, understood and replayed', async () => {
    const all = await stage.open('WebhookLogViewer')
    await all.getByRole('row').filter({ hasText: 'Failed for good' }).first().waitFor()
    expect(await violations(all)).toEqual([])
    await keepScreens(all, 'deliveries')

    const page = await stage.open('WebhookLogViewer', { width: 1120 })
    await page.getByLabel('Status').selectOption('Failed for good')
    await expect.poll(() => page.getByRole('row').count()).toBe(7)
    await button(page, 'lead.created').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('All attempts failed. The receiver answered 500').waitFor()
    await dialog.getByText("Dwayne O'Neil").first().waitFor()
    await dialog.locator('summary', { hasText: 'Answer' }).click()
    await dialog.getByText('<script>alert(1)</script>').waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'delivery')
    await dialog.getByText('As cURL').click()
    expect(await dialog.textContent()).toContain(`O'\\''Neil`)

    answer = 204
    await button(page, 'Replay').last().click()
    await dialog.getByText('Replay of').waitFor()
    await dialog.getByText('Delivered').waitFor()
    expect(
      await stage.leadhooks.deliveries.list({ organizationId, webhookId: failingId, status: 'delivered' }),
    ).toMatchObject({
      data: [{ replayOf: expect.any(String) }],
    })
  })

  test('the rest is replayed at once, once its number was seen', async () => {
    const page = await stage.open('WebhookLogViewer', { props: { webhookId: failingId } })
    await button(page, 'Replay many').click()
    await button(page, 'Count them').click()
    await page.getByText('6 deliveries match').waitFor()
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'deliveries-replay')
    await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click()
    await page.getByText('Done. 6 of 6.').waitFor()
    await ended('lead.created')
    const { data } = await stage.leadhooks.deliveries.list({
      organizationId,
      webhookId: failingId,
      status: 'delivered',
    })
    expect(data).toHaveLength(7)
  })

  test('what comes meanwhile is counted, and moves nothing', async () => {
    const page = await stage.open('WebhookLogViewer', { props: { webhookId } })
    await button(page, 'visit.scheduled').waitFor()
    const before = await page.getByRole('row').count()
    await stage.leadhooks.dispatchEvent({ organizationId, type: 'lead.deleted', data: { id: 'lead_1' } })
    await button(page, '1 new: show it').waitFor()
    expect(await page.getByRole('row').count()).toBe(before)
    await button(page, '1 new: show it').click()
    await button(page, 'lead.deleted').waitFor()
    await expect.poll(() => button(page, /new: show/).count()).toBe(0)
  })

  test('filters that match nothing, and a server that goes away and comes back', async () => {
    const page = await stage.open('WebhookLogViewer')
    await button(page, 'visit.scheduled').waitFor()
    await page.getByLabel('Event id').fill('no such event')
    await page.getByText('Nothing matches').or(page.getByText('could not be loaded')).first().waitFor()
    await page.getByLabel('Event id').fill('evt_lead_3')
    await expect.poll(() => page.getByText('evt_lead_3').count()).toBeGreaterThanOrEqual(2)
    stage.server.break({ status: 502 })
    await page.getByLabel('Event id').fill('')
    await page.getByText('This could not be loaded').waitFor()
    stage.server.break(undefined)
    await button(page, 'Try again').click()
    await button(page, 'visit.scheduled').waitFor()
  })

  test('it fits 320 px', async () => {
    const page = await stage.open('WebhookLogViewer', { width: 320, props: { theme: 'dark' } })
    await button(page, 'visit.scheduled').click()
    await page.getByRole('dialog').getByText('What is sent').waitFor()
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(await violations(page)).toEqual([])
    await keepScreens(page, 'delivery-narrow')
  })
})
