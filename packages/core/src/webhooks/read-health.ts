import type { z } from 'zod'
import { readStatuses, type StatusReport } from '../analytics/webhook-status.ts'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput, scoped } from '../input.ts'
import type { Webhook } from '../model/webhook.ts'

/** How a webhook fares: whether its deliveries go, and what it has failed of since its last success. */
export interface WebhookHealthReport
  extends
    StatusReport,
    Pick<Webhook, 'enabled' | 'disabledReason' | 'disabledAt' | 'circuitState' | 'waitsFor' | 'waitsUntil'> {
  consecutiveFailures: number
  /** Null when its last attempt was a success, or none was made. */
  failingSince: Date | null
}

/** Throws `not_found`. */
export async function readHealth(ctx: Context, input: z.input<typeof scoped>): Promise<WebhookHealthReport> {
  const { organizationId, id } = parseInput(scoped, input)
  const webhook = await ctx.storage.findWebhook({ organizationId, id })
  if (webhook === null) throw notFound('webhook', id)
  const report = (await readStatuses(ctx, organizationId, [webhook])).get(id)
  if (report === undefined) throw notFound('webhook', id)
  const { enabled, disabledReason, disabledAt, circuitState, waitsFor, waitsUntil, health } = webhook
  return {
    ...report,
    enabled,
    disabledReason,
    disabledAt,
    circuitState,
    waitsFor,
    waitsUntil,
    consecutiveFailures: health?.consecutiveFailures ?? 0,
    failingSince: health && new Date(health.failingSince),
  }
}
