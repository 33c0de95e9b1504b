import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import { newEvent } from '../events/dispatch-event.ts'
import { matchingPatterns } from '../events/event-catalogue.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { NewEvent } from '../storage/storage.ts'

export interface TestEventInput {
  /** @default the first type that the webhook takes and that has an example */
  eventType?: string | undefined
  /** @default the example of the catalogue */
  data?: unknown
}

/** Where the host has no catalogue, and the webhook names no type. */
const unnamedType = 'test'

/** An event to try a webhook with, made and checked like any other, and written nowhere. */
export function testEvent(
  ctx: Context,
  webhook: StoredWebhook,
  { eventType, data }: TestEventInput,
): NewEvent {
  const type = eventType ?? defaultType(ctx, webhook)
  const { organizationId } = webhook
  return newEvent(ctx, { organizationId, type, data: data === undefined ? exampleOf(ctx, type) : data }).event
}

function defaultType({ catalogue }: Context, { eventTypes }: StoredWebhook): string {
  if (catalogue === undefined) return eventTypes.find((type) => !type.endsWith('.*')) ?? unnamedType
  const found = Object.keys(catalogue).find((type) => {
    const isTaken = eventTypes.length === 0 || matchingPatterns(type).some((one) => eventTypes.includes(one))
    return isTaken && catalogue[type]?.example !== undefined
  })
  if (found !== undefined) return found
  throw missing('eventType', 'No event type that this webhook takes has an example: say which one to send')
}

function exampleOf({ catalogue }: Context, type: string): unknown {
  if (catalogue === undefined) return {}
  // One that is not in the catalogue is refused with the others' names.
  if (!Object.hasOwn(catalogue, type)) return undefined
  const example: unknown = catalogue[type]?.example
  if (example !== undefined) return example
  throw missing('data', `"${type}" has no example in the catalogue: give the data to send`)
}

function missing(field: string, message: string): LeadhooksError {
  return new LeadhooksError('invalid_request', message, { issues: [{ pointer: `/${field}`, message }] })
}
