import { z } from 'zod'
import type { Context } from '../context.ts'
import { checkPart, isLeadhooksError, LeadhooksError } from '../errors.ts'
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
export async function dispatchEvent(
  ctx: Context,
  input: DispatchInput,
  options?: DispatchOptions,
): Promise<Dispatched> {
  const checked = newEvent(ctx, input)
  const inserted = await ctx.storage.insertEvents([checked.event], {
    tx: options?.tx,
    now: ctx.storageTime(),
  })
  return dispatched(ctx, checked, inserted[0])
}

/** Writes many events in one transaction: all of them or none. What is wrong with one is named by its index. */
export async function dispatchEvents(
  ctx: Context,
  inputs: readonly DispatchInput[],
  options?: DispatchOptions,
): Promise<Dispatched[]> {
  if (!Array.isArray(inputs))
    throw new LeadhooksError('invalid_request', '`dispatchEvents` takes an array of events')
  const checked = inputs.map((input: DispatchInput, index) =>
    checkPart(`/${index}`, () => newEvent(ctx, input)),
  )
  if (checked.length === 0) return []
  const events = checked.map(({ event }) => event)
  const inserted = await ctx.storage.insertEvents(events, { tx: options?.tx, now: ctx.storageTime() })
  return checked.map((one, index) => dispatched(ctx, one, inserted[index]))
}

/** The same as `dispatchEvent` within one synchronous transaction of the host, for storages that can. */
export function dispatchEventSync(ctx: Context, input: DispatchInput, options?: DispatchOptions): Dispatched {
  if (ctx.storage.insertEventsSync === undefined) {
    const message = 'This storage has no synchronous transactions: await `dispatchEvent(…, { tx })` instead'
    throw new LeadhooksError('not_supported', message)
  }
  const checked = newEvent(ctx, input)
  const inserted = ctx.storage.insertEventsSync([checked.event], { tx: options?.tx, now: ctx.storageTime() })
  return dispatched(ctx, checked, inserted[0])
}

export interface CheckedEvent {
  event: NewEvent
  data: unknown
}

/** An event as it would be written, and its data as the catalogue made it. */
export function newEvent(ctx: Context, input: DispatchInput): CheckedEvent {
  const checked = parseInput(eventInput, input)
  try {
    return serialize(ctx, checked)
  } catch (cause) {
    if (isLeadhooksError(cause)) throw cause
    // The schema or the data is the host's code: a transform or a `toJSON` can throw, or ask to be awaited.
    const message = `The data of "${checked.type}" could not be read: ${cause instanceof Error ? cause.message : 'it threw'}`
    throw new LeadhooksError('invalid_event_data', message, {
      cause,
      issues: [{ pointer: '/data', message }],
    })
  }
}

function serialize(
  ctx: Context,
  { id, organizationId, type, data }: z.output<typeof eventInput>,
): CheckedEvent {
  const createdAt = new Date(ctx.clock.now())
  const event = { id: id ?? newEventId(createdAt.getTime()), organizationId, type, createdAt }
  const checkedData = checkEventData(ctx.catalogue, type, data)
  const body = serializeBody({ ...event, data: checkedData }, ctx.settings.limits)
  return { event: { ...event, body, patterns: matchingPatterns(type) }, data: checkedData }
}

function dispatched(ctx: Context, { data }: CheckedEvent, inserted: InsertedEvent | undefined): Dispatched {
  if (inserted === undefined)
    throw new LeadhooksError('internal', 'The storage answered nothing for an event')
  const { event, deliveries, duplicate } = inserted
  if (deliveries > 0) ctx.wake()
  observeDispatch(ctx, inserted)
  return { event: duplicate ? showEvent(event) : withData(event, data), deliveries, duplicate }
}

function observeDispatch(ctx: Context, { event, deliveries, duplicate }: InsertedEvent): void {
  const { organizationId, id: eventId, type: eventType } = event
  ctx.observe?.({ type: 'event.dispatched', organizationId, eventId, eventType, deliveries, duplicate })
}
