import type { z } from 'zod'
import { type Issue, LeadhooksError } from '../errors.ts'
import { describeIssues, eventTypeName, toIssues } from '../input.ts'
import { sensitivePaths } from './sensitive-paths.ts'

/** An event type of the host: what it means, what its data looks like, and an example of it. */
export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  description?: string
  schema: Schema
  example?: z.input<Schema>
  /**
   * Paths of data that is kept out of lists, logs and screens: `contact.email`; of a list each element is meant. Deliveries carry it
   * all the same. @default none
   */
  sensitive?: readonly string[]
}

export type EventCatalogue = Record<string, EventDefinition>

/** The data that `dispatchEvent` takes for an event type of a catalogue. */
export type EventData<Catalogue extends EventCatalogue, Type extends keyof Catalogue> = z.input<
  Catalogue[Type]['schema']
>

/**
 * Names the event types of the host, so that `dispatchEvent` is typed and checked by them.
 *
 * ```ts
 * const events = defineEvents({
 *   new_lead: { description: 'A lead came in', schema: z.object({ id: z.string() }), example: { id: 'lead_123' } },
 * })
 * ```
 *
 * Throws `invalid_options` for a name that is none, or an example that its own schema refuses.
 */
export function defineEvents<const Schemas extends Record<string, z.ZodType>>(events: {
  [Type in keyof Schemas]: EventDefinition<Schemas[Type]>
}): { [Type in keyof Schemas]: EventDefinition<Schemas[Type]> } {
  for (const [type, definition] of Object.entries<EventDefinition>(events)) checkDefinition(type, definition)
  return events
}

function checkDefinition(type: string, definition: EventDefinition): void {
  const { schema, example } = definition ?? {}
  if (typeof schema?.safeParse !== 'function') {
    throw new LeadhooksError('invalid_options', `The event type "${type}" needs a \`schema\` of zod`)
  }
  if (!eventTypeName.safeParse(type).success) {
    const rule = 'words of letters, digits and "_", joined by "."'
    throw new LeadhooksError('invalid_options', `An event type must be ${rule}, got "${type}"`)
  }
  const paths = sensitivePaths.safeParse(definition.sensitive ?? [])
  if (!paths.success) {
    const faults = describeIssues(toIssues(paths.error))
    throw new LeadhooksError('invalid_options', `\`sensitive\` of "${type}" is not valid: ${faults}`)
  }
  if (example === undefined) return
  const result = schema.safeParse(example)
  if (result.success) return
  const faults = describeIssues(toIssues(result.error))
  throw new LeadhooksError('invalid_options', `The example of "${type}" does not match its schema: ${faults}`)
}

/** Checks the data of an event by the catalogue and answers it as the schema made it. Without a catalogue all types pass. */
export function checkEventData(catalogue: EventCatalogue | undefined, type: string, data: unknown): unknown {
  if (catalogue === undefined) return data
  if (!Object.hasOwn(catalogue, type)) throw unknownEventType(catalogue, type, '/type')
  const result = catalogue[type]?.schema.safeParse(data)
  if (result?.success) return result.data
  const issues = result?.error ? toIssues(result.error, '/data') : []
  throw invalidData(type, issues)
}

/** Whichever kind of schema the data does not match. */
export function invalidData(type: string, issues: readonly Issue[]): LeadhooksError {
  const message = `The data of "${type}" is not valid: ${describeIssues(issues)}`
  return new LeadhooksError('invalid_event_data', message, { issues })
}

export function unknownEventType(catalogue: EventCatalogue, type: string, at: string): LeadhooksError {
  const names = Object.keys(catalogue).join(', ')
  const message = `Unknown event type "${type}": none is registered by that name. There are: ${names}`
  return new LeadhooksError('unknown_event_type', message, { issues: [{ pointer: at, message }] })
}

/** What the `eventTypes` of a webhook may hold to match a type: `a.b.c`, `a.b.*` and `a.*`. */
export function matchingPatterns(type: string): string[] {
  const words = type.split('.')
  const groups = words.slice(0, -1).map((_, index) => `${words.slice(0, index + 1).join('.')}.*`)
  return [type, ...groups]
}
