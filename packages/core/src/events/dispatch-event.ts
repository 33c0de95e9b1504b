import { z } from 'zod'
import type { Context } from '../context.ts'
import { checkPart, isLeadhooksError, LeadhooksError } from '../errors.ts'
import { newEventId } from '../ids.ts'
import { channel, eventId, eventTypeName, organizationId, parseInput, text } from '../input.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import type { EventTypeKey, InsertedEvent, NewEvent } from '../storage/storage.ts'
import { checkEventData, invalidData, matchingPatterns } from './event-catalogue.ts'
import { insertEvents, syncInserts } from './insert-events.ts'
import type { RegisteredType } from './registered-types.ts'
import { serializeBody } from './serialize-body.ts'
import { showEvent, withData } from './show-event.ts'

export const eventInput = z.strictObject({
  organizationId,
  type: eventTypeName.meta({ description: 'The event type', example: 'new_lead' }),
  data: z.unknown().meta({ description: 'The data of the event, as its type describes it' }),
  id: eventId.optional(),
  channels: z
    .array(channel)
    .max(10)
    .optional()
    .meta({
      description: 'Webhooks with channels get it only where one of them is among these',
      example: ['project-42'],
    }),
  orderingKey: text(128).nullable().optional().meta({
    description:
      'Webhooks with `ordered` get the events of a key one after the other, in the order in which they were dispatched',
    example: 'lead_123',
  }),
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
  const parsed = parseInput(eventInput, input)
  const known = knownType(ctx, parsed)
  const registered = known === undefined ? await findType(ctx, parsed, options) : known
  const checked = newEvent(ctx, parsed, registered)
  const inserted = await insertEvents(ctx, [checked.event], options?.tx)
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
  const parsed = inputs.map((input: DispatchInput, index) =>
    checkPart(`/${index}`, () => parseInput(eventInput, input)),
  )
  const registered = await findTypes(ctx, parsed, options)
  const checked = parsed.map((event, index) =>
    checkPart(`/${index}`, () => newEvent(ctx, event, registered[index] ?? null)),
  )
  if (checked.length === 0) return []
  const events = checked.map(({ event }) => event)
  const inserted = await insertEvents(ctx, events, options?.tx)
  return checked.map((one, index) => dispatched(ctx, one, inserted[index]))
}

/** The same as `dispatchEvent` within one synchronous transaction of the host, for storages that can. */
export function dispatchEventSync(ctx: Context, input: DispatchInput, options?: DispatchOptions): Dispatched {
  const insertEventsSync = syncInserts(ctx)
  const parsed = parseInput(eventInput, input)
  const known = knownType(ctx, parsed)
  const registered = known === undefined ? ctx.registeredTypes.findSync(toKey(parsed), options?.tx) : known
  const checked = newEvent(ctx, parsed, registered)
  const inserted = insertEventsSync([checked.event], options?.tx)
  return dispatched(ctx, checked, inserted[0])
}

type ParsedInput = z.output<typeof eventInput>

const toKey = ({ organizationId, type: name }: ParsedInput): EventTypeKey => ({ organizationId, name })

/** The registered type of an event; null where it has none, or one in code. Undefined where the storage has to be asked. */
export function knownType(ctx: Context, event: ParsedInput): RegisteredType | null | undefined {
  const isInCode = ctx.catalogue !== undefined && Object.hasOwn(ctx.catalogue, event.type)
  return isInCode ? null : ctx.registeredTypes.known(toKey(event))
}

export async function findType(
  ctx: Context,
  event: ParsedInput,
  options: DispatchOptions = {},
): Promise<RegisteredType | null> {
  return ctx.registeredTypes.find(toKey(event), options.tx)
}

/** One after the other: those of a transaction share its connection. */
async function findTypes(
  ctx: Context,
  events: readonly ParsedInput[],
  options?: DispatchOptions,
): Promise<(RegisteredType | null)[]> {
  const types: (RegisteredType | null)[] = []
  const found = new Map<string, RegisteredType | null>()
  for (const event of events) {
    const key = `${event.type} ${event.organizationId}`
    let type = knownType(ctx, event)
    if (type === undefined) type = found.get(key)
    if (type === undefined) type = await findType(ctx, event, options)
    found.set(key, type)
    types.push(type)
  }
  return types
}

export interface CheckedEvent {
  event: NewEvent
  data: unknown
}

/** An event as it would be written, and its data as the type made it: one of the catalogue, unless it is a registered one. */
export function newEvent(ctx: Context, input: ParsedInput, registered: RegisteredType | null): CheckedEvent {
  try {
    return registered === null ? serialize(ctx, input) : serializeRegistered(ctx, input, registered)
  } catch (cause) {
    if (isLeadhooksError(cause)) throw cause
    // The schema or the data is the host's code: a transform or a `toJSON` can throw, or ask to be awaited.
    const message = `The data of "${input.type}" could not be read: ${cause instanceof Error ? cause.message : 'it threw'}`
    throw new LeadhooksError('invalid_event_data', message, {
      cause,
      issues: [{ pointer: '/data', message }],
    })
  }
}

function serialize(ctx: Context, input: ParsedInput): CheckedEvent {
  const data = checkEventData(ctx.catalogue, input.type, input.data)
  return { event: toEvent(ctx, input, data), data }
}

/** What is checked is what is sent: the data as JSON has it. */
function serializeRegistered(ctx: Context, input: ParsedInput, { check }: RegisteredType): CheckedEvent {
  const event = toEvent(ctx, input, input.data)
  const { data }: { data?: unknown } = JSON.parse(event.body)
  const issue = check(data)
  if (issue === null) return { event, data }
  throw invalidData(input.type, [{ ...issue, pointer: `/data${issue.pointer}` }])
}

function toEvent(
  ctx: Context,
  { id, organizationId, type, channels = [], orderingKey = null }: ParsedInput,
  data: unknown,
): NewEvent {
  const now = ctx.clock.now()
  const createdAt = new Date(now)
  const ownId = id ?? newEventId(now)
  return {
    id: ownId,
    organizationId,
    type,
    body: serializeBody({ id: ownId, type, createdAt, data }, ctx.settings.limits),
    channels: channels.length === 0 ? null : [...new Set(channels)],
    orderingKey,
    traceparent: null,
    createdAt,
    patterns: matchingPatterns(type),
  }
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
