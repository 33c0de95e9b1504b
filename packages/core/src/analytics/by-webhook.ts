import type { z } from 'zod'
import type { Context } from '../context.ts'
import { eventTypeName, organizationId, parseInput } from '../input.ts'
import type { Webhook } from '../model/webhook.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type Period, periodInput, readPeriod } from './period.ts'
import { noCounts, readCountsBy } from './read-counts.ts'
import { besides } from './summary.ts'
import { readStatuses, type StatusReport } from './webhook-status.ts'

/** How a webhook fares now, and what came of its deliveries in a period. */
export interface WebhookAnalytics
  extends Period, Figures, StatusReport, Pick<Webhook, 'name' | 'url' | 'enabled'> {
  webhookId: string
  previous: Period & Figures
}

export const byWebhookQuery = pageInput.extend({
  ...periodInput.shape,
  eventType: eventTypeName.optional().meta({ description: 'Of this event type only' }),
})
const byWebhookInput = byWebhookQuery.extend({ organizationId })
export type ByWebhookInput = z.input<typeof byWebhookInput>

/** The webhooks of an organization, the newest first, each with its status and its figures. */
export async function readByWebhook(ctx: Context, input: ByWebhookInput): Promise<List<WebhookAnalytics>> {
  const { organizationId, eventType, from, to, ...page } = parseInput(byWebhookInput, input)
  const period = readPeriod({ from, to }, ctx.clock.now())
  const webhooks = await readPage(
    page,
    (at) => ctx.storage.listWebhooks({ organizationId, ...at }),
    (webhook) => webhook,
  )
  const webhookIds = webhooks.data.map(({ id }) => id)
  if (webhookIds.length === 0) return { data: [], nextCursor: null }
  const [counts, statuses] = await Promise.all([
    readCountsBy(ctx, period, { organizationId, webhookIds, eventType }, ({ webhookId }) => webhookId),
    readStatuses(ctx, organizationId, webhooks.data),
  ])
  const data = webhooks.data.flatMap(({ id, name, url, enabled }): WebhookAnalytics[] => {
    const status = statuses.get(id)
    if (status === undefined) return []
    const { current, previous } = counts.get(id) ?? noCounts()
    const own = { webhookId: id, name, url, enabled, ...status }
    return [besides(period, figuresOf(current), figuresOf(previous), own)]
  })
  return { data, nextCursor: webhooks.nextCursor }
}
