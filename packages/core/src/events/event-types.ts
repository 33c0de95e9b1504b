import { z } from 'zod'
import type { EventCatalogue } from './event-catalogue.ts'

/** An event type as customers see it: what it means, its JSON Schema (2020-12) and an example of its data. */
export interface EventType {
  type: string
  description: string | null
  schema: unknown
  example: unknown
}

export function describeEventTypes(catalogue: EventCatalogue | undefined): EventType[] {
  return Object.entries(catalogue ?? {}).map(([type, { description = null, schema, example = null }]) => ({
    type,
    description,
    // What JSON Schema cannot say (a custom check, a date object) is left open rather than refused.
    schema: z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }),
    example,
  }))
}
