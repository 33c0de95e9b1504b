import { z } from 'zod'
import type { Context } from '../context.ts'
import { organizationId, parseInput } from '../input.ts'
import { everyOrganization, type RegisteredEventType } from '../model/event-type.ts'
import type { EventCatalogue } from './event-catalogue.ts'

/** An event type as customers see it: what it means, its JSON Schema (2020-12) and an example of its data. */
export interface EventType {
  name: string
  /** Whose it is: an organization's, or `'*'` for one of all organizations. Null: it is in the code of the host. */
  organizationId: string | null
  description: string | null
  schema: unknown
  example: unknown
  /** Paths of data that is shown with `read:secrets` only. */
  sensitive: readonly string[]
}

const listInput = z.strictObject({ organizationId: organizationId.default(everyOrganization) })
export type ListTypesInput = z.input<typeof listInput>

/** The types in code, and after them, by name, those that were registered for all organizations and for this one. */
export async function listTypes(ctx: Context, input: ListTypesInput = {}): Promise<EventType[]> {
  const { organizationId } = parseInput(listInput, input)
  const ofAll = await ctx.storage.listEventTypes({ organizationId: everyOrganization })
  const own = organizationId === everyOrganization ? [] : await ctx.storage.listEventTypes({ organizationId })
  const inCode = describeEventTypes(ctx.catalogue)
  const registered = new Map([...own, ...ofAll].map((type) => [type.name, showRegistered(type)]))
  for (const { name } of inCode) registered.delete(name)
  return [...inCode, ...[...registered.values()].sort((a, b) => (a.name < b.name ? -1 : 1))]
}

export function describeEventTypes(catalogue: EventCatalogue | undefined): EventType[] {
  return Object.entries(catalogue ?? {}).map(
    ([name, { description = null, schema, example = null, sensitive = [] }]) => ({
      name,
      organizationId: null,
      description,
      // What JSON Schema cannot say (a custom check, a date object) is left open rather than refused.
      schema: z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }),
      example,
      sensitive,
    }),
  )
}

export function showRegistered({
  name,
  organizationId,
  description,
  schema,
  example,
  sensitive,
}: RegisteredEventType): EventType {
  return { name, organizationId, description, schema, example, sensitive }
}
