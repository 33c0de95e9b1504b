import { z } from 'zod'
import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import { newEventId } from '../ids.ts'
import { eventId, eventTypeName, organizationId, parseInput } from '../input.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import type { InsertedEvent, NewEvent } from '../storage/storage.ts'
import { checkEventData, matchingPatterns } from './event-catalogue.ts'
import { serializeBody } from './serialize-body.ts'
import { showEvent } from './show-event.ts'

export const eventInput = z.strictObject({
  organizationId,
  type: eventTypeName.meta({ description: 'The event type', example: 'new_lead' }),
  data: z.unknown().meta({ description: 'The data of the event, as its type describes it' }),
  id: eventId.optional(),
})
export type DispatchInput = z.input<typeof eventInput>

export interface Dispatched<Type extends string = string, Data = unknown> {
  /** The event; on a duplicate, the first one. */
  event: LeadhooksEvent<Type, Data>
  /** How many deliveries it made. */
  deliveries: number
  /** Whether the organization had an event of this id already. Nothing was written then. */
  duplicate: boolean
}

export interface DispatchOptions {
  /** The host's open transaction: the events exist when it commits, and not before. */
  tx?: unknown
}

/** Checks, serializes and writes events, each with a delivery for every webhook that matches: all of them or none. */
export async function dispatchEvents(
  ctx: Context,
  inputs: readonly DispatchInput[],
  { tx }: DispatchOptions = {},
): Promise<Dispatched[]> {
  const events = inputs.map((input) => newEvent(ctx, input))
  if (events.length === 0) return []
  const inserted = await ctx.storage.insertEvents(events, { tx, now: ctx.storageTime() })
  return inserted.map((result) => dispatched(ctx, result))
}

/** The same within one synchronous transaction of the host, for storages that can. */
export function dispatchEventSync(ctx: Context, input: DispatchInput, { tx }: DispatchOptions = {}): Dispatched {
  if (ctx.storage.insertEventsSync === undefined) {
    const message = 'This storage has no synchronous transactions: await `dispatchEvent(…, { tx })` instead'
    throw new LeadhooksError('not_supported', message)
  }
  const events = [newEvent(ctx, input)]
  const [result] = ctx.storage.insertEventsSync(events, { tx, now: ctx.storageTime() })
  if (result === undefined) throw new LeadhooksError('internal', 'The storage answered nothing for an event')
  return dispatched(ctx, result)
}

function newEvent(ctx: Context, input: DispatchInput): NewEvent {
  const { id, organizationId, type, data } = parseInput(eventInput, input)
  const createdAt = new Date(ctx.clock.now())
  const event = { id: id ?? newEventId(createdAt.getTime()), organizationId, type, createdAt }
  const checked = checkEventData(ctx.catalogue, type, data)
  const body = serializeBody({ ...event, data: checked }, ctx.settings.limits)
  return { ...event, body, patterns: matchingPatterns(type) }
}

function dispatched(ctx: Context, { event, deliveries, duplicate }: InsertedEvent): Dispatched {
  if (deliveries > 0) ctx.wake()
  ctx.observe?.({
    type: 'event.dispatched',
    organizationId: event.organizationId,
    eventId: event.id,
    eventType: event.type,
    deliveries,
    duplicate,
  })
  return { event: showEvent(event), deliveries, duplicate }
}
