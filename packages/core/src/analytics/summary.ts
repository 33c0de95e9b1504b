import type { z } from 'zod'
import type { Context } from '../context.ts'
import { organizationId, parseInput } from '../input.ts'
import type { PagePosition } from '../storage/storage.ts'
import { type Figures, figuresOf } from './figures.ts'
import { type Period, type Periods, periodInput, readPeriod, subjectInput } from './period.ts'
import { questionOf, readCounts } from './read-counts.ts'
import { readStatuses, type WebhookStatus } from './webhook-status.ts'

/** A period, what came of deliveries in it, and what in the period before. */
export interface AnalyticsSummary extends Period, Figures {
  previous: Period & Figures
  /** The webhooks of the organization as they are now. */
  webhooks: WebhookNumbers
}

export interface WebhookNumbers extends Record<WebhookStatus, number> {
  total: number
  /** Those that are switched on. */
  active: number
}

export const analyticsQuery = periodInput.extend(subjectInput.shape)
const summaryInput = analyticsQuery.extend({ organizationId })
export type AnalyticsInput = z.input<typeof summaryInput>

/**
 * What came of an organization's deliveries in a period, or of those of one webhook, or event type, and the period before beside
 * it. Figures of attempts count where the attempts began, those of deliveries where they ended.
 *
 * Throws `invalid_request` for a range that ends before it begins, or has more than 366 days.
 */
export async function readSummary(ctx: Context, input: AnalyticsInput): Promise<AnalyticsSummary> {
  const { organizationId, webhookId, eventType, ...range } = parseInput(summaryInput, input)
  const period = readPeriod(range, ctx.clock.now())
  const [{ current, previous }, webhooks] = await Promise.all([
    readCounts(ctx, period, questionOf({ organizationId, webhookId, eventType })),
    countWebhooks(ctx, organizationId),
  ])
  return besides(period, figuresOf(current), figuresOf(previous), { webhooks })
}

/** Lays figures beside those of the period before. */
export function besides<More extends object>(
  { from, to, previous }: Periods,
  current: Figures,
  before: Figures,
  more: More,
): Period & Figures & { previous: Period & Figures } & More {
  return { from, to, ...current, previous: { ...previous, ...before }, ...more }
}

const pageSize = 500

async function countWebhooks(ctx: Context, organizationId: string): Promise<WebhookNumbers> {
  const numbers: WebhookNumbers = { total: 0, active: 0, healthy: 0, degraded: 0, failing: 0 }
  let after: PagePosition | undefined
  for (let isOver = false; !isOver;) {
    const page = await ctx.storage.listWebhooks({ organizationId, limit: pageSize, after })
    const statuses = await readStatuses(ctx, organizationId, page)
    for (const { id, enabled } of page) {
      const { status = 'healthy' } = statuses.get(id) ?? {}
      numbers.total++
      if (enabled) numbers.active++
      // One that a person has switched off is neither well nor ill.
      if (enabled || status === 'failing') numbers[status]++
    }
    after = page.at(-1)
    isOver = page.length < pageSize
  }
  return numbers
}
