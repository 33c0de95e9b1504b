import { z } from 'zod'
import { replayRequest } from '../deliveries/replay-many.ts'
import {
  type BulkReplay,
  bulkReplayKinds,
  bulkReplayStatuses,
  replayableStatuses,
} from '../model/bulk-replay.ts'
import { recoveryRequest } from '../webhooks/recover-webhook.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const bulkReplay = z
  .object({
    id: z.string(),
    organizationId: z.string(),
    kind: z.enum(bulkReplayKinds).meta({
      description: '`replay`: of deliveries that have ended; `recovery`: of events that a webhook has missed',
    }),
    state: z.enum(bulkReplayStatuses),
    webhookId: z.string().nullable(),
    eventType: z.string().nullable(),
    status: z
      .enum(replayableStatuses)
      .nullable()
      .meta({ description: 'How the deliveries ended that are replayed; null for a recovery' }),
    includeFailed: z
      .boolean()
      .meta({ description: 'Whether a recovery sends again what was given up or cancelled' }),
    since: dateTime.nullable(),
    until: dateTime,
    perSecond: z.int(),
    total: z.int().meta({ description: 'How many matched when it was started' }),
    replayed: z.int().meta({ description: 'How many deliveries it has made' }),
    skipped: z.int().meta({ description: 'How many it has passed over: their webhook or event is no more' }),
    createdAt: dateTime,
    finishedAt: dateTime.nullable(),
  })
  .meta({ id: 'BulkReplay' }) satisfies z.ZodType<Json<BulkReplay>>

const startedReplay = z
  .object({
    total: z.int().meta({ description: 'How many deliveries match, or how many events were missed' }),
    replay: bulkReplay.nullable().meta({ description: 'Null on a dry run' }),
  })
  .meta({ id: 'StartedReplay' })

export const replayDeliveries = operation({
  id: 'replayDeliveries',
  body: replayRequest.meta({ id: 'ReplayRequest' }),
  status: 202,
  answer: startedReplay,
  repeated: 'by itself',
  handle: ({ leadhooks, organizationId, idempotencyKey, body }) =>
    leadhooks.deliveries.replayMany({ organizationId, idempotencyKey, ...body }),
})

export const recoverWebhook = operation({
  id: 'recoverWebhook',
  body: recoveryRequest.meta({ id: 'RecoveryRequest' }),
  status: 202,
  answer: startedReplay,
  repeated: 'by itself',
  handle: ({ leadhooks, scoped, idempotencyKey, body }) =>
    leadhooks.webhooks.recover({ ...scoped, idempotencyKey, ...body }),
})

export const listReplays = operation({
  id: 'listBulkReplays',
  query: pageQuery,
  answer: listOf(bulkReplay),
  handle: ({ leadhooks, organizationId, query }) => leadhooks.bulkReplays.list({ organizationId, ...query }),
})

export const getReplay = operation({
  id: 'getBulkReplay',
  answer: bulkReplay,
  handle: ({ leadhooks, scoped }) => leadhooks.bulkReplays.get(scoped),
})

export const pauseReplay = operation({
  id: 'pauseBulkReplay',
  answer: bulkReplay,
  handle: ({ leadhooks, scoped }) => leadhooks.bulkReplays.pause(scoped),
})

export const resumeReplay = operation({
  id: 'resumeBulkReplay',
  answer: bulkReplay,
  handle: ({ leadhooks, scoped }) => leadhooks.bulkReplays.resume(scoped),
})

export const cancelReplay = operation({
  id: 'cancelBulkReplay',
  answer: bulkReplay,
  handle: ({ leadhooks, scoped }) => leadhooks.bulkReplays.cancel(scoped),
})
