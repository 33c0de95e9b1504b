import { z } from 'zod'
import { deliveryFilters } from '../deliveries/list-deliveries.ts'
import { type Attempt, attemptOutcomes } from '../model/attempt.ts'
import { type Delivery, deliveryStatuses } from '../model/delivery.ts'
import { dateTime, listOf } from './answers.ts'
import { attemptFailure } from './attempt-failure.ts'
import { maySeeSensitive } from './caller.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const failure = attemptFailure.nullable()

const deliveryFields = z.object({
  id: z.string(),
  organizationId: z.string(),
  webhookId: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  status: z.enum(deliveryStatuses),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'Why it was cancelled or given up: `exhausted`, `by_user`, …' }),
  attempts: z.int().meta({ description: 'How many requests were started' }),
  nextAttemptAt: dateTime.nullable(),
  statusCode: z.int().nullable(),
  failure,
  replayOf: z.string().nullable().meta({ description: 'The delivery that this one repeats' }),
  replayRoot: z.string().nullable().meta({ description: 'The first of its chain' }),
  replayDepth: z.int().meta({ description: 'How many replays there are from that first one to this' }),
  createdAt: dateTime,
  finishedAt: dateTime.nullable(),
  resolvedAt: dateTime.nullable().meta({ description: 'When a dead letter was closed by hand' }),
}) satisfies z.ZodType<Record<keyof Delivery, unknown>>

const delivery = deliveryFields.meta({ id: 'Delivery' })

const attempt = z
  .object({
    number: z.int(),
    startedAt: dateTime,
    durationMs: z.number().nullable(),
    outcome: z.enum(attemptOutcomes),
    failure,
    message: z.string().nullable().meta({ description: 'What happened and what to do about it, for people' }),
    statusCode: z.int().nullable(),
    responseBody: z.string().nullable().meta({
      description: 'The beginning of what was answered; null where that was about several events',
    }),
    batch: z
      .object({
        id: z.string().meta({ description: 'The `webhook-id` of the request' }),
        size: z.int().meta({ description: 'How many events went by it' }),
      })
      .nullable()
      .meta({
        description: 'The request for many events that it was part of; null: it was of this one alone',
      }),
  })
  .meta({ id: 'Attempt' }) satisfies z.ZodType<Record<keyof Attempt, unknown>>

export const listDeliveries = operation({
  id: 'listDeliveries',
  query: pageQuery.extend(deliveryFilters.shape),
  answer: listOf(delivery),
  handle: ({ leadhooks, organizationId, query }) => leadhooks.deliveries.list({ organizationId, ...query }),
})

export const getDelivery = operation({
  id: 'getDelivery',
  answer: deliveryFields
    .extend({
      attemptLog: z.array(attempt).meta({ description: 'Every request that was made, the first one first' }),
    })
    .meta({ id: 'DeliveryWithAttempts' }),
  async handle({ leadhooks, scoped }) {
    const delivery = await leadhooks.deliveries.get(scoped)
    return { ...delivery, attemptLog: await leadhooks.deliveries.attempts(scoped) }
  },
})

export const getDeliveryBody = operation({
  id: 'getDeliveryBody',
  answer: z
    .object({
      contentType: z.string().nullable(),
      body: z.string().nullable().meta({
        description: 'As it is sent, byte for byte; null as long as there is nothing to send',
      }),
    })
    .meta({ id: 'DeliveryBody' }),
  handle: async ({ leadhooks, caller, scoped }) =>
    (await leadhooks.deliveries.body({ ...scoped, showSensitive: maySeeSensitive(caller) })) ?? {
      contentType: null,
      body: null,
    },
})

export const retryDelivery = operation({
  id: 'retryDelivery',
  answer: delivery,
  handle: ({ leadhooks, scoped }) => leadhooks.deliveries.retryNow(scoped),
})

export const replayDelivery = operation({
  id: 'replayDelivery',
  status: 201,
  answer: delivery,
  handle: ({ leadhooks, scoped }) => leadhooks.deliveries.replay(scoped),
})

export const cancelDelivery = operation({
  id: 'cancelDelivery',
  answer: delivery,
  handle: ({ leadhooks, scoped }) => leadhooks.deliveries.cancel(scoped),
})

export const resolveDelivery = operation({
  id: 'resolveDelivery',
  answer: delivery,
  handle: ({ leadhooks, scoped }) => leadhooks.deliveries.resolve(scoped),
})
