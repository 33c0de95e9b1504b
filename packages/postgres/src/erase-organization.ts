import type { Audit, AuditHead } from '@leadhooks/core/storage'
import { appendEntry, type Sql } from '@leadhooks/sql'
import type { Database } from './database.ts'
import { runSteps } from './run-steps.ts'
import { type Statement, statement } from './statement.ts'

const begin = statement(`
  insert into leadhooks.erasures (organization_id) values ($1::text) on conflict do nothing returning organization_id`)

const end = statement(`delete from leadhooks.erasures where organization_id = $1::text`)

const list = statement(`
  select organization_id from leadhooks.erasures order by organization_id limit $1::integer`)

/**
 * Removes what `find` finds, by its place in the table. What it found is answered, and not what it removed: a row that was changed at
 * the same moment stays for the next batch.
 */
const rows = (table: string, find = 'organization_id = $1::text', further = ''): Statement =>
  statement(`
    with found as materialized (select ctid as place from leadhooks.${table} where ${find} limit $2::integer),
    gone as (
      delete from leadhooks.${table} where ctid = any(array(select place from found)) returning 1
    )${further}
    select count(*)::integer as found from found`)

/** Deliveries with their attempts, and with what was made for them to send. */
const deliveries = (table: string): Statement =>
  statement(`
    with found as materialized (select id from leadhooks.${table} where organization_id = $1::text limit $2::integer),
    attempts as (delete from leadhooks.attempts where delivery_id = any(array(select id from found))),
    bodies as (delete from leadhooks.delivery_bodies where delivery_id = any(array(select id from found))),
    gone as (delete from leadhooks.${table} where id = any(array(select id from found)))
    select count(*)::integer as found from found`)

const ofKeys = `api_key_id in (select id from leadhooks.api_keys where organization_id = $1::text)`

/** In this order: first what lets something new come, and events when nothing needs them any more. */
const removals: readonly Statement[] = [
  rows('webhooks'),
  rows('api_key_usage', ofKeys),
  rows('api_key_tokens', ofKeys),
  rows('api_keys'),
  rows('bulk_replays'),
  rows('requests'),
  rows(
    'event_types',
    undefined,
    `, counted as (
      update leadhooks.event_type_changes set changes = changes + 1 where exists (select from found)
    )`,
  ),
  deliveries('queue'),
  deliveries('deliveries'),
  rows('events'),
  rows('settled_facts'),
  rows('delivery_changes'),
  rows('change_watches'),
  rows('rollups'),
  rows('organizations', 'id = $1::text'),
  rows('audit_log'),
  rows('audit_heads'),
]

export async function beginErasure(
  database: Database,
  sql: Sql,
  organizationId: string,
  audit: Audit<never> | undefined,
): Promise<boolean> {
  let head: AuditHead | null = null
  const isNew = await database.transaction(async (session) => {
    head = null
    const begun = await session.rows(begin, [organizationId])
    if (begun.length === 0) return false
    if (audit !== undefined) head = await runSteps(session, appendEntry(sql, '*', audit, null, null))
    return true
  })
  if (head !== null) audit?.written(head)
  return isNew
}

/** One statement removes something; those before it have found nothing. */
export async function eraseNext(database: Database, organizationId: string, limit: number): Promise<boolean> {
  for (const removal of removals) {
    const [row] = await database.rowsPlannedAnew<{ found: number }>(removal, [organizationId, limit])
    if ((row?.found ?? 0) > 0) return true
  }
  await database.rows(end, [organizationId])
  return false
}

export async function listErasures(database: Database, limit: number): Promise<string[]> {
  const found = await database.rows<{ organization_id: string }>(list, [limit])
  return found.map((row) => row.organization_id)
}
