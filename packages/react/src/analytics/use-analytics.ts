'use client'
import type {
  AnalyticsByEventType,
  AnalyticsErrors,
  AnalyticsSummary,
  AnalyticsTimeSeries,
  LeadhooksClient,
  WebhookAnalytics,
} from '@leadhooks/client'
import { type Pages, usePages } from '../data/use-pages.ts'
import { type Query, useQuery } from '../data/use-query.ts'
import { useLeadhooks } from '../leadhooks-context.ts'

export interface AnalyticsFilters {
  /** How far back it goes. @default 7 */
  days?: number | undefined
  webhookId?: string | undefined
  eventType?: string | undefined
}

type AnalyticsQuery = NonNullable<Parameters<LeadhooksClient['analytics']['summary']>[0]>

const refreshMs = 30_000

/** What a request asks for; the end is when it is asked. */
function toQuery({ days = 7, webhookId, eventType }: AnalyticsFilters): AnalyticsQuery {
  return {
    from: new Date(Date.now() - days * 86_400_000).toISOString(),
    ...(webhookId !== undefined && { webhookId }),
    ...(eventType !== undefined && { eventType }),
  }
}

/** A period all together beside the one before, and how webhooks fare now. */
export function useAnalytics(filters: AnalyticsFilters = {}): Query<AnalyticsSummary> {
  const { client } = useLeadhooks()
  const read = (signal: AbortSignal): Promise<AnalyticsSummary> =>
    client.analytics.summary(toQuery(filters), { signal })
  return useQuery(`analytics/summary?${JSON.stringify(filters)}`, read, { refreshMs })
}

export function useAnalyticsTimeSeries(filters: AnalyticsFilters = {}): Query<AnalyticsTimeSeries> {
  const { client } = useLeadhooks()
  const read = (signal: AbortSignal): Promise<AnalyticsTimeSeries> =>
    client.analytics.timeSeries(toQuery(filters), { signal })
  return useQuery(`analytics/time-series?${JSON.stringify(filters)}`, read, { refreshMs })
}

export function useAnalyticsErrors(filters: AnalyticsFilters = {}): Query<AnalyticsErrors> {
  const { client } = useLeadhooks()
  const read = (signal: AbortSignal): Promise<AnalyticsErrors> =>
    client.analytics.errors(toQuery(filters), { signal })
  return useQuery(`analytics/errors?${JSON.stringify(filters)}`, read, { refreshMs })
}

export function useAnalyticsByEventType(filters: AnalyticsFilters = {}): Query<AnalyticsByEventType> {
  const { client } = useLeadhooks()
  const { days, webhookId } = filters
  const read = (signal: AbortSignal): Promise<AnalyticsByEventType> =>
    client.analytics.byEventType(toQuery({ days, webhookId }), { signal })
  return useQuery(`analytics/event-types?${JSON.stringify({ days, webhookId })}`, read, { refreshMs })
}

/** Each webhook with its figures, a page at a time. */
export function useAnalyticsByWebhook(filters: AnalyticsFilters = {}): Pages<WebhookAnalytics> {
  const { client } = useLeadhooks()
  const { days, eventType } = filters
  return usePages(
    `analytics/webhooks?${JSON.stringify({ days, eventType })}`,
    (page, signal) =>
      client.analytics.byWebhook({ ...toQuery({ days, eventType }), limit: 20, ...page }, { signal }),
    { refreshMs },
  )
}
