import type { Duty } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'

const take = statement(`
  with input as (select ${nowOr('$1')} as now)
  insert into leadhooks.duties as duty (name, holder, leased_until)
  select $2::text, $3::text, now + $4::float8 * interval '1 millisecond' from input
  on conflict (name) do update set holder = excluded.holder, leased_until = excluded.leased_until
  where duty.holder = excluded.holder or duty.leased_until <= (select now from input)
  returning name`)

const release = statement(`delete from leadhooks.duties where name = $1::text and holder = $2::text`)

// What is taken over at the same moment stays: its lease runs again.
const forget = statement(`
  with input as (select ${nowOr('$1')} as now),
  lapsed as materialized (
    select name from leadhooks.duties, input where leased_until <= input.now limit $2::integer
  ), forgotten as (
    delete from leadhooks.duties as duty using input, lapsed
    where duty.name = lapsed.name and duty.leased_until <= input.now returning 1
  )
  select count(*)::integer as count from forgotten`)

export async function takeDuty(
  database: Database,
  { name, holder, leaseMs, now }: Duty & { leaseMs: number; now: Date | null },
): Promise<boolean> {
  const rows = await database.rows(take, [now, name, holder, leaseMs])
  return rows.length > 0
}

export async function releaseDuty(database: Database, { name, holder }: Duty): Promise<void> {
  await database.rows(release, [name, holder])
}

export async function forgetDuties(database: Database, limit: number, now: Date | null): Promise<number> {
  const [row] = await database.rows<{ count: number }>(forget, [now, limit])
  return row?.count ?? 0
}
