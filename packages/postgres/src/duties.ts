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
