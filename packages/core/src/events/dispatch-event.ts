import { z } from 'zod'
import type { Context } from '../context.ts'
import { checkPart, LeadhooksError } from '../errors.ts'
import { newEventId } from '../ids.ts'
import { eventId, eventTypeName, organizationId, parseInput } from '../input.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import type { InsertedEvent, NewEvent } from '../storage/storage.ts'
import { checkEventData, matchingPatterns } from './event-catalogue.ts'
import { serializeBody } from './serialize-body.ts'
import { showEvent, withData } from './show-event.ts'

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

/** Checks, serializes and writes one event. */
export async function dispatchEvent(ctx: Context, input: DispatchInput, options?: DispatchOptions): Promise<Dispatched> {
  const event = newEvent(ctx, input)
  const inserted = await ctx.storage.insertEvents([event], { tx: options?.tx, now: ctx.storageTime() })
  return dispatched(ctx, event, inserted[0])
}

/** Writes many events in one transaction: all of them or none. What is wrong with one is named by its index. */
export async function dispatchEvents(
  ctx: Context,
  inputs: readonly DispatchInput[],
  options?: DispatchOptions,
): Promise<Dispatched[]> {
  const events = inputs.map((input, index) => checkPart(`/${index}`, () => newEvent(ctx, input)))
  if (events.length === 0) return []
  const inserted = await ctx.storage.insertEvents(events, { tx: options?.tx, now: ctx.storageTime() })
  return events.map((event, index) => dispatched(ctx, event, inserted[index]))
}

/** The same as `dispatchEvent` within one synchronous transaction of the host, for storages that can. */
export function dispatchEventSync(ctx: Context, input: DispatchInput, options?: DispatchOptions): Dispatched {
  if (ctx.storage.insertEventsSync === undefined) {
    const message = 'This storage has no synchronous transactions: await `dispatchEvent(…, { tx })` instead'
    throw new LeadhooksError('not_supported', message)
  }
  const event = newEvent(ctx, input)
  const inserted = ctx.storage.insertEventsSync([event], { tx: options?.tx, now: ctx.storageTime() })
  return dispatched(ctx, event, inserted[0])
}

interface CheckedEvent extends NewEvent {
  data: unknown
}

function newEvent(ctx: Context, input: DispatchInput): CheckedEvent {
  const { id, organizationId, type, data } = parseInput(eventInput, input)
  const createdAt = new Date(ctx.clock.now())
  const event = {
    id: id ?? newEventId(createdAt.getTime()),
    organizationId,
    type,
    createdAt,
    data: checkEventData(ctx.catalogue, type, data),
  }
  return { ...event, body: serializeBody(event, ctx.settings.limits), patterns: matchingPatterns(type) }
}

function dispatched(ctx: Context, { data }: CheckedEvent, inserted: InsertedEvent | undefined): Dispatched {
  if (inserted === undefined) throw new LeadhooksError('internal', 'The storage answered nothing for an event')
  const { event, deliveries, duplicate } = inserted
  if (deliveries > 0) ctx.wake()
  observeDispatch(ctx, inserted)
  return { event: duplicate ? showEvent(event) : withData(event, data), deliveries, duplicate }
}

function observeDispatch(ctx: Context, { event, deliveries, duplicate }: InsertedEvent): void {
  const { organizationId, id: eventId, type: eventType } = event
  ctx.observe?.({ type: 'event.dispatched', organizationId, eventId, eventType, deliveries, duplicate })
}
