import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import { eventInput, findType, knownType, newEvent } from '../events/dispatch-event.ts'
import { matchingPatterns } from '../events/event-catalogue.ts'
import { type EventType, listTypes } from '../events/event-types.ts'
import { parseInput } from '../input.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { NewEvent } from '../storage/storage.ts'

export interface TestEventInput {
  /** @default the first type that the webhook takes and that has an example */
  eventType?: string | undefined
  /** @default the example of the event type */
  data?: unknown
}

/** Where there are no event types, and the webhook names none. */
const unnamedType = 'test'

/** An event to try a webhook with, made and checked like any other, and written nowhere. */
export async function testEvent(
  ctx: Context,
  webhook: StoredWebhook,
  { eventType, data: given }: TestEventInput,
): Promise<NewEvent> {
  const { organizationId } = webhook
  const types = await listTypes(ctx, { organizationId })
  const type = eventType ?? defaultType(ctx, webhook, types)
  const data = given === undefined ? exampleOf(ctx, type, types) : given
  const event = parseInput(eventInput, { organizationId, type, data })
  const known = knownType(ctx, event)
  return newEvent(ctx, event, known === undefined ? await findType(ctx, event) : known).event
}

function defaultType(
  { catalogue }: Context,
  { eventTypes }: StoredWebhook,
  types: readonly EventType[],
): string {
  const found = types.find(({ name, example }) => {
    const isTaken = eventTypes.length === 0 || matchingPatterns(name).some((one) => eventTypes.includes(one))
    return isTaken && example !== null
  })
  if (found !== undefined) return found.name
  // Without a catalogue any type will do.
  if (catalogue === undefined) return eventTypes.find((type) => !type.endsWith('.*')) ?? unnamedType
  throw missing('eventType', 'No event type that this webhook takes has an example: say which one to send')
}

function exampleOf({ catalogue }: Context, type: string, types: readonly EventType[]): unknown {
  const known = types.find(({ name }) => name === type)
  // One that there is not is refused with the others' names, unless any will do.
  if (known === undefined) return catalogue === undefined ? {} : undefined
  if (known.example !== null) return known.example
  throw missing('data', `"${type}" has no example: give the data to send`)
}

function missing(field: string, message: string): LeadhooksError {
  return new LeadhooksError('invalid_request', message, { issues: [{ pointer: `/${field}`, message }] })
}
