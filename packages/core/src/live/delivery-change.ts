import { z } from 'zod'
import { attemptFailure } from '../http/attempt-failure.ts'
import { attemptOutcomes } from '../model/attempt.ts'
import { type Delivery, deliveryStatuses } from '../model/delivery.ts'
import type { ClaimedDelivery, GivenUp, Settlement } from '../storage/storage.ts'

/** What became of a delivery, as it is told to those who follow. */
export const deliveryChange = z
  .object({
    id: z.string(),
    webhookId: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    status: z.enum(deliveryStatuses),
    reason: z.string().nullable(),
    changedAt: z.iso.datetime(),
    nextAttemptAt: z.iso.datetime().nullable(),
    attempt: z
      .object({
        number: z.int(),
        outcome: z.enum(attemptOutcomes),
        statusCode: z.int().nullable(),
        failure: attemptFailure.nullable(),
        durationMs: z.number().nullable(),
      })
      .nullable()
      .meta({ description: 'The request that was made; null where there was none' }),
  })
  .meta({ id: 'DeliveryChange' })
export type DeliveryChange = z.output<typeof deliveryChange>

const at = (time: number): string => new Date(time).toISOString()

/** After an attempt, or what came in its place. */
export function settledChange(
  { id, webhook, event, status }: ClaimedDelivery,
  { attempt, next }: Settlement,
  now: number,
): DeliveryChange {
  const isPutOff = attempt === null && next.status === 'retrying'
  return {
    id,
    webhookId: webhook.id,
    eventId: event.id,
    eventType: event.type,
    status: isPutOff ? status : next.status,
    reason: 'reason' in next ? next.reason : null,
    changedAt: at(now),
    nextAttemptAt: next.status === 'retrying' ? at(now + next.delayMs) : null,
    attempt: attempt && {
      number: attempt.number,
      outcome: attempt.outcome,
      statusCode: attempt.statusCode,
      failure: attempt.failure,
      durationMs: attempt.durationMs,
    },
  }
}

export function givenUpChange(
  { id, webhookId, eventId, eventType }: GivenUp,
  reason: string,
  now: number,
): DeliveryChange {
  const subject = { id, webhookId, eventId, eventType }
  return { ...subject, status: 'dead_letter', reason, changedAt: at(now), nextAttemptAt: null, attempt: null }
}

/** After somebody did something to it by hand. */
export function operatedChange(
  { id, webhookId, eventId, eventType, status, reason, nextAttemptAt }: Delivery,
  now: number,
): DeliveryChange {
  const subject = { id, webhookId, eventId, eventType }
  const next = nextAttemptAt?.toISOString() ?? null
  return { ...subject, status, reason, changedAt: at(now), nextAttemptAt: next, attempt: null }
}
