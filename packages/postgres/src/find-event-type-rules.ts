import type { EventTypeKey, EventTypeRules } from '@leadhooks/core/storage'
import { corrupt } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Run } from './insert-events.ts'
import { statement } from './statement.ts'

const find = statement(`
  select schema, sensitive from leadhooks.event_types
  where organization_id in ('*', $1::text) and name = $2::text order by organization_id <> '*' limit 1`)

/** Keeps to what any transaction of a host can run, as a dispatch does. */
export async function findEventTypeRules(
  run: Run,
  { organizationId, name }: EventTypeKey,
): Promise<EventTypeRules | null> {
  const [row] = (await run(find, [organizationId, name])) as { schema: unknown; sensitive: unknown }[]
  if (row === undefined) return null
  try {
    return {
      schema: codec.json.read(row.schema) as EventTypeRules['schema'],
      sensitive: codec.json.read(row.sensitive) as string[],
    }
  } catch (cause) {
    throw corrupt('event_types', name, 'its schema, or its list of sensitive fields, is no JSON', cause)
  }
}
