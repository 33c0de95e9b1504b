import { z } from 'zod'
import { byEventTypeQuery, type EventTypeAnalytics } from '../analytics/by-event-type.ts'
import { byWebhookQuery, type WebhookAnalytics } from '../analytics/by-webhook.ts'
import type { AnalyticsErrors } from '../analytics/errors.ts'
import type { Figures } from '../analytics/figures.ts'
import { analyticsQuery, type AnalyticsSummary } from '../analytics/summary.ts'
import { type AnalyticsTimeSeries, timeSeriesQuery } from '../analytics/time-series.ts'
import { type StatusReport, statusReasons, webhookStatuses } from '../analytics/webhook-status.ts'
import { usageIntervals } from '../model/api-key-usage.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { attemptFailure } from './attempt-failure.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const percent = z.number().meta({ description: 'In percent; 0 of nothing' })
const milliseconds = z.number()

const figures = z.object({
  deliveries: z.int().meta({ description: 'Those that ended: delivered, or as dead letters' }),
  delivered: z.int(),
  deadLettered: z.int(),
  attempts: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  retries: z.int(),
  successRate: percent.meta({ description: 'Of what ended, so much was delivered; in percent' }),
  firstAttemptSuccessRate: percent,
  averageMs: milliseconds,
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
}) satisfies z.ZodType<Figures>

const period = z.object({ from: dateTime, to: dateTime })
const figuresOfPeriod = period.extend(figures.shape).meta({ id: 'PeriodFigures' })
const beside = { ...period.shape, ...figures.shape, previous: figuresOfPeriod }

/** How a webhook fares, as its health and analytics show it. */
export const statusReport = z.object({
  status: z.enum(webhookStatuses),
  evidence: z.array(z.object({ reason: z.enum(statusReasons), message: z.string() })),
  forecast: z
    .object({ disabledAt: dateTime, message: z.string() })
    .nullable()
    .meta({ description: 'When it will be switched off, should its receiver go on as it does' }),
  recent: figures
    .extend({ since: dateTime })
    .meta({ id: 'RecentFigures', description: 'This hour and the one before' }),
}) satisfies z.ZodType<Json<StatusReport>>

const summary = z.object({
  ...beside,
  webhooks: z.object({
    total: z.int(),
    active: z.int(),
    healthy: z.int(),
    degraded: z.int(),
    failing: z.int(),
  }),
}) satisfies z.ZodType<Json<AnalyticsSummary>>

/** The names of the figures on the dashboards of other systems. */
const otherNames = z.object({
  total_webhooks: z.int(),
  active_webhooks: z.int(),
  total_deliveries: z.int(),
  success_rate: percent,
  average_response_time: milliseconds,
  healthy_webhooks: z.int(),
  failed_webhooks: z.int(),
})

export const showAnalytics = operation({
  id: 'getAnalytics',
  query: analyticsQuery,
  answer: summary.extend(otherNames.shape).meta({ id: 'AnalyticsSummary' }),
  async handle({ leadhooks, organizationId, query }) {
    const answer = await leadhooks.analytics.summary({ organizationId, ...query })
    return { ...answer, ...named(answer) }
  },
})

function named({
  webhooks,
  deliveries,
  successRate,
  averageMs,
}: AnalyticsSummary): z.infer<typeof otherNames> {
  return {
    total_webhooks: webhooks.total,
    active_webhooks: webhooks.active,
    total_deliveries: deliveries,
    success_rate: successRate,
    average_response_time: averageMs,
    healthy_webhooks: webhooks.healthy,
    failed_webhooks: webhooks.failing,
  }
}

const points = z.array(figures.extend({ startsAt: dateTime }).meta({ id: 'AnalyticsPoint' }))

export const showTimeSeries = operation({
  id: 'getAnalyticsTimeSeries',
  query: timeSeriesQuery,
  answer: period
    .extend({
      interval: z.enum(usageIntervals),
      points,
      previous: period
        .extend({ points })
        .nullable()
        .meta({ description: 'Null where it lies too far back for this interval' }),
    })
    .meta({ id: 'AnalyticsTimeSeries' }) satisfies z.ZodType<Json<AnalyticsTimeSeries>>,
  handle: ({ leadhooks, organizationId, query }) =>
    leadhooks.analytics.timeSeries({ organizationId, ...query }),
})

export const showByWebhook = operation({
  id: 'getAnalyticsByWebhook',
  query: byWebhookQuery.extend(pageQuery.shape),
  answer: listOf(
    z
      .object({
        webhookId: z.string(),
        name: z.string().nullable(),
        url: z.string(),
        enabled: z.boolean(),
        ...statusReport.shape,
        ...beside,
      })
      .meta({ id: 'WebhookAnalytics' }) satisfies z.ZodType<Json<WebhookAnalytics>>,
  ),
  handle: ({ leadhooks, organizationId, query }) =>
    leadhooks.analytics.byWebhook({ organizationId, ...query }),
})

export const showByEventType = operation({
  id: 'getAnalyticsByEventType',
  query: byEventTypeQuery,
  answer: z
    .object({
      data: z.array(
        z.object({ eventType: z.string(), ...beside }).meta({ id: 'EventTypeAnalytics' }) satisfies z.ZodType<
          Json<EventTypeAnalytics>
        >,
      ),
    })
    .meta({ id: 'AnalyticsByEventType' }),
  handle: ({ leadhooks, organizationId, query }) =>
    leadhooks.analytics.byEventType({ organizationId, ...query }),
})

export const showErrors = operation({
  id: 'getAnalyticsErrors',
  query: analyticsQuery,
  answer: period
    .extend({
      failed: z.int(),
      failures: z.array(
        z.object({
          failure: attemptFailure,
          statusCode: z.int().nullable(),
          message: z.string(),
          attempts: z.int(),
          share: percent,
          previousAttempts: z.int(),
        }),
      ),
      deadLettered: z.int(),
      deadLetters: z.array(
        z.object({
          reason: z.string(),
          deliveries: z.int(),
          share: percent,
          previousDeliveries: z.int(),
        }),
      ),
    })
    .meta({ id: 'AnalyticsErrors' }) satisfies z.ZodType<Json<AnalyticsErrors>>,
  handle: ({ leadhooks, organizationId, query }) => leadhooks.analytics.errors({ organizationId, ...query }),
})
