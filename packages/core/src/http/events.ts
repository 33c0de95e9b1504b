import { z } from 'zod'
import { isLeadhooksError, movedTo } from '../errors.ts'
import { type Dispatched, eventInput } from '../events/dispatch-event.ts'
import type { EventType } from '../events/event-types.ts'
import { eventTypeSettings, newEventType } from '../events/register-type.ts'
import { eventFilters } from '../events/list-events.ts'
import type { LeadhooksEvent } from '../model/event.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const eventFields = z.object({
  id: z.string().meta({ description: 'Receivers see it as `webhook-id`' }),
  organizationId: z.string(),
  type: z.string(),
  data: z.unknown(),
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

export const dispatchEvent = operation({
  id: 'dispatchEvent',
  body: newEvent,
  publishes: () => 1,
  status: 202,
  answer: dispatchedEvent,
  handle: async ({ leadhooks, organizationId, body }) =>
    show(await leadhooks.dispatchEvent({ organizationId, ...body })),
})

export const dispatchEvents = operation({
  id: 'dispatchEvents',
  body: z.strictObject({ events: z.array(newEvent).min(1).max(100) }).meta({ id: 'NewEvents' }),
  publishes: ({ events }) => events.length,
  status: 202,
  answer: z
    .object({ data: z.array(dispatchedEvent).meta({ description: 'In the order given' }) })
    .meta({ id: 'DispatchedEvents' }),
  async handle({ leadhooks, organizationId, body }) {
    const events = body.events.map((event) => ({ organizationId, ...event }))
    try {
      return { data: (await leadhooks.dispatchEvents(events)).map(show) }
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
  handle: ({ leadhooks, scoped }) => leadhooks.events.get(scoped),
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

function show({ event, deliveries, duplicate }: Dispatched) {
  return { ...event, deliveries, duplicate }
}
