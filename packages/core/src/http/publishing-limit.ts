import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import type { LimitDecision } from '../rate-limit/rate-limiter.ts'

const minuteMs = 60_000

/**
 * Counts events that a caller of the management API publishes: a bucket for each organization, which holds a minute's worth.
 * Undefined where there is no limit. Throws `rate_limited`, and `payload_too_large` for more at once than could ever be.
 */
export async function countPublished(
  ctx: Context,
  organizationId: string,
  events: number,
): Promise<LimitDecision | undefined> {
  const organization = await ctx.storage.findOrganization(organizationId)
  const limit = organization?.eventsPerMinute ?? ctx.settings.rateLimits.eventsPerMinute
  if (limit === null) return undefined
  if (events > limit) {
    const message = `${events} events at once are more than the ${limit} that may be published in a minute: send fewer at a time`
    throw new LeadhooksError('payload_too_large', message)
  }
  const check = {
    key: organizationId,
    name: 'events',
    limit,
    windowMs: minuteMs,
    algorithm: 'token-bucket' as const,
  }
  const consumption = { cost: events, now: ctx.storageTime()?.getTime(), group: organizationId }
  const limits = await ctx.rateLimiter.consume([check], consumption)
  if (limits.allowed) return limits
  const wait = Math.max(1, Math.ceil(limits.retryAfterMs / 1000))
  const message = `The organization may publish ${limit} events in a minute: try again in ${wait} s`
  throw new LeadhooksError('rate_limited', message, { limits })
}
