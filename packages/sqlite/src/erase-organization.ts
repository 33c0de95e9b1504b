import type { Audit, AuditHead } from '@leadhooks/core/storage'
import { appendEntry, type Sql } from '@leadhooks/sql'
import type { Connection } from './connection.ts'
import { fanOut } from './fan-out.ts'
import { runSteps } from './run-steps.ts'

const begin = `insert into leadhooks_erasures (organization_id) values (?) on conflict do nothing`

const end = `delete from leadhooks_erasures where organization_id = ?`

const list = `select organization_id from leadhooks_erasures order by organization_id limit ?`

/** Removes a batch of rows, and answers how many. */
type Removal = (connection: Connection, organizationId: string, limit: number) => number

/** Rows of a table with a column for the organization, by the rest of their key. */
const rowsOf = (table: string, key: string, column = 'organization_id'): Removal => {
  const text = `
    delete from leadhooks_${table} where ${column} = ? and (${key}) in (
      select ${key} from leadhooks_${table} where ${column} = ? limit ?)`
  return (connection, organizationId, limit) =>
    connection.run(text, organizationId, organizationId, limit).changes
}

const usage = `
  delete from leadhooks_api_key_usage
  where (api_key_id, "interval", starts_at, outcome, route) in (
    select api_key_id, "interval", starts_at, outcome, route from leadhooks_api_key_usage
    where api_key_id in (select id from leadhooks_api_keys where organization_id = ?) limit ?)`

const tokens = `
  delete from leadhooks_api_key_tokens where hash in (
    select hash from leadhooks_api_key_tokens
    where api_key_id in (select id from leadhooks_api_keys where organization_id = ?) limit ?)`

const remove =
  (text: string): Removal =>
  (connection, organizationId, limit) =>
    connection.run(text, organizationId, limit).changes

/** Deliveries with their attempts, and with what was made for them to send. */
const deliveriesOf = (table: string): Removal => {
  const find = `select id from leadhooks_${table} where organization_id = ? limit ?`
  const own = rowsOf(table, 'id')
  return (connection, organizationId, limit) => {
    for (const { id } of connection.all<{ id: string }>(find, organizationId, limit)) {
      connection.run(`delete from leadhooks_attempts where delivery_id = ?`, id)
      connection.run(`delete from leadhooks_delivery_bodies where delivery_id = ?`, id)
    }
    return own(connection, organizationId, limit)
  }
}

const eventTypes: Removal = (connection, organizationId, limit) => {
  const removed = rowsOf('event_types', 'name')(connection, organizationId, limit)
  if (removed > 0) connection.run(`update leadhooks_event_type_changes set changes = changes + 1`)
  return removed
}

/** In this order: first what lets something new come, and events when nothing needs them any more. */
const removals: readonly Removal[] = [
  rowsOf('webhooks', 'id'),
  remove(usage),
  remove(tokens),
  rowsOf('api_keys', 'id'),
  rowsOf('bulk_replays', 'id'),
  rowsOf('requests', 'route, key'),
  eventTypes,
  rowsOf('leases', 'delivery_id'),
  deliveriesOf('fresh_deliveries'),
  deliveriesOf('deliveries'),
  rowsOf('events', 'seq'),
  rowsOf('settled_facts', 'key'),
  rowsOf('delivery_changes', 'key'),
  rowsOf('change_watches', 'organization_id'),
  rowsOf('rollups', '"interval", webhook_id, event_type, starts_at'),
  rowsOf('organizations', 'id', 'id'),
  rowsOf('audit_log', 'sequence'),
  rowsOf('audit_heads', 'organization_id'),
]

/** Answers the head of the audit log, null where none was written, and undefined where it was noted before. */
export function beginErasure(
  connection: Connection,
  sql: Sql,
  organizationId: string,
  audit: Audit<never> | undefined,
): AuditHead | null | undefined {
  if (connection.run(begin, organizationId).changes === 0) return undefined
  return audit === undefined ? null : runSteps(connection, appendEntry(sql, '*', audit, null, null))
}

export function eraseNext(connection: Connection, organizationId: string, limit: number): boolean {
  fanOut(connection)
  for (const removal of removals) if (removal(connection, organizationId, limit) > 0) return true
  connection.run(end, organizationId)
  return false
}

export function listErasures(connection: Connection, limit: number): string[] {
  return connection.all<{ organization_id: string }>(list, limit).map((row) => row.organization_id)
}
