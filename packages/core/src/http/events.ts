import { z } from 'zod'
import { isLeadhooksError, movedTo } from '../errors.ts'
import { type Dispatched, eventInput } from '../events/dispatch-event.ts'
import type { EventType } from '../events/event-types.ts'
import { eventTypeSettings, newEventType } from '../events/register-type.ts'
import { eventFilters } from '../events/list-events.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { type Caller, maySeeSensitive } from './caller.ts'
import { pageQuery } from './query.ts'
import { type Call, operation } from './route.ts'

const eventFields = z.object({
  id: z.string().meta({ description: 'Receivers see it as `webhook-id`' }),
  organizationId: z.string(),
  type: z.string(),
  data: z.unknown(),
  redacted: z.boolean().meta({ description: 'Whether its data was removed: `data` is null then' }),
  channels: z.array(z.string()),
  orderingKey: z.string().nullable(),
  createdAt: dateTime,
}) satisfies z.ZodType<Json<LeadhooksEvent>>

const event = eventFields.meta({ id: 'Event' })

const dispatchedEvent = eventFields
  .extend({
    deliveries: z.int().meta({ description: 'How many deliveries it made' }),
    duplicate: z.boolean().meta({
      description:
        'True when there was an event of this id already: this is that one, and nothing was written',
    }),
  })
  .meta({ id: 'DispatchedEvent' })

const newEvent = eventInput.omit({ organizationId: true }).meta({ id: 'NewEvent' })

type Kept = Pick<Dispatched, 'deliveries' | 'duplicate'> & { id: string }

/** Of an event its id is kept, and none of its data: that may be removed later. */
function keepEvent(dispatched: unknown): Kept {
  const { id, deliveries, duplicate } = dispatched as Kept
  return { id, deliveries, duplicate }
}

async function showEvent({ leadhooks, caller, organizationId }: Call, kept: Kept): Promise<object> {
  const { id, deliveries, duplicate } = kept
  const shown = await leadhooks.events.get({ organizationId, id, showSensitive: maySeeSensitive(caller) })
  return { ...shown, deliveries, duplicate }
}

export const dispatchEvent = operation({
  id: 'dispatchEvent',
  body: newEvent,
  publishes: () => 1,
  status: 202,
  answer: dispatchedEvent,
  repeated: { keep: keepEvent, show: (call, kept) => showEvent(call, kept as Kept) },
  handle: async ({ leadhooks, caller, organizationId, body }) =>
    show(leadhooks, caller, await leadhooks.dispatchEvent({ organizationId, ...body })),
})

export const dispatchEvents = operation({
  id: 'dispatchEvents',
  body: z.strictObject({ events: z.array(newEvent).min(1).max(100) }).meta({ id: 'NewEvents' }),
  publishes: ({ events }) => events.length,
  status: 202,
  answer: z
    .object({ data: z.array(dispatchedEvent).meta({ description: 'In the order given' }) })
    .meta({ id: 'DispatchedEvents' }),
  repeated: {
    keep: (answer) => (answer as { data: unknown[] }).data.map(keepEvent),
    show: async (call, kept) => ({
      data: await Promise.all((kept as Kept[]).map((one) => showEvent(call, one))),
    }),
  },
  async handle({ leadhooks, caller, organizationId, body }) {
    const events = body.events.map((event) => ({ organizationId, ...event }))
    try {
      const dispatched = await leadhooks.dispatchEvents(events)
      return { data: await Promise.all(dispatched.map((one) => show(leadhooks, caller, one))) }
    } catch (error) {
      throw isLeadhooksError(error) && error.issues.length > 0 ? movedTo('/events', error) : error
    }
  },
})

export const listEvents = operation({
  id: 'listEvents',
  query: pageQuery.extend(eventFilters.shape),
  answer: listOf(event),
  handle: ({ leadhooks, organizationId, query }) => leadhooks.events.list({ organizationId, ...query }),
})

export const getEvent = operation({
  id: 'getEvent',
  answer: event,
  handle: ({ leadhooks, caller, scoped }) =>
    leadhooks.events.get({ ...scoped, showSensitive: maySeeSensitive(caller) }),
})

export const redactEvent = operation({
  id: 'redactEvent',
  answer: event,
  handle: ({ leadhooks, actor, scoped }) => leadhooks.events.redact({ ...scoped, actor }),
})

const eventType = z
  .object({
    name: z.string(),
    organizationId: z.string().nullable().meta({
      description: 'Whose it is; `*`: of all organizations; null: in the code of the host',
    }),
    description: z.string().nullable(),
    schema: z.unknown().meta({ description: 'JSON Schema of its data' }),
    example: z.unknown(),
    sensitive: z
      .array(z.string())
      .meta({ description: 'Paths of data that is shown with `read:secrets` only' }),
  })
  .meta({ id: 'EventType' }) satisfies z.ZodType<Json<EventType>>

export const listEventTypes = operation({
  id: 'listEventTypes',
  answer: listOf(eventType),
  handle: async ({ leadhooks, organizationId }) => ({
    data: await leadhooks.events.types({ organizationId }),
    nextCursor: null,
  }),
})

export const registerEventType = operation({
  id: 'registerEventType',
  body: newEventType.meta({ id: 'NewEventType' }),
  status: 201,
  answer: eventType,
  handle: ({ leadhooks, actor, organizationId, body }) =>
    leadhooks.events.registerType({ organizationId, ...body, actor }),
})

export const updateEventType = operation({
  id: 'updateEventType',
  body: eventTypeSettings.partial().meta({ id: 'EventTypeChanges' }),
  answer: eventType,
  handle: ({ leadhooks, actor, scoped: { organizationId, id: name }, body }) =>
    leadhooks.events.updateType({ organizationId, name, ...body, actor }),
})

export const deleteEventType = operation({
  id: 'deleteEventType',
  answer: null,
  handle: ({ leadhooks, actor, scoped: { organizationId, id: name } }) =>
    leadhooks.events.deleteType({ organizationId, name, actor }),
})

/** What was there before is shown as to anybody who reads it: it may be another's. */
async function show(
  leadhooks: Leadhooks,
  caller: Caller,
  { event, deliveries, duplicate }: Dispatched,
): Promise<object> {
  const { organizationId, id } = event
  const shown = duplicate
    ? await leadhooks.events.get({ organizationId, id, showSensitive: maySeeSensitive(caller) })
    : event
  return { ...shown, deliveries, duplicate }
}
