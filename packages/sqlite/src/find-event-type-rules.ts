import type { EventTypeKey, EventTypeRules } from '@leadhooks/core/storage'
import { corrupt } from '@leadhooks/sql'
import { codec } from './codec.ts'
import type { Connection } from './connection.ts'

const find = `
  select schema, sensitive from leadhooks_event_types
  where organization_id in ('*', ?) and name = ? order by organization_id <> '*' limit 1`

export function findEventTypeRules(
  connection: Connection,
  { organizationId, name }: EventTypeKey,
): EventTypeRules | null {
  const row = connection.get(find, organizationId, name) as
    | { schema: unknown; sensitive: unknown }
    | undefined
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
