import type { KeptBody } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/** `is_shaped` is in no index: a HOT update. */
const keep = statement(`
  with given as materialized (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as given (id, lease, format, body)
  ), held as (
    update leadhooks.queue set is_shaped = true from given
    where queue.id = given.id and queue.lease::text = given.lease
    returning queue.id
  ), kept as (
    insert into leadhooks.delivery_bodies (delivery_id, format, body)
    select id, format, body from held join given using (id)
    on conflict do nothing
  )
  select id from held`)

/** Keeps what was made for claimed deliveries to send; answers where their lease still held. */
export async function keepBodies(database: Database, bodies: readonly KeptBody[]): Promise<boolean[]> {
  const rows = await database.rows<{ id: string }>(keep, [
    bodies.map(({ id }) => id),
    bodies.map(({ lease }) => lease),
    bodies.map(({ format }) => format),
    bodies.map(({ body }) => body),
  ])
  const kept = new Set(rows.map(({ id }) => id))
  return bodies.map(({ id }) => kept.has(id))
}
