import type { Claim } from '@leadhooks/core/storage'
import type { Database } from './database.ts'
import { nowOr } from './now.ts'
import { statement } from './statement.ts'

/** Both write columns that no index holds: HOT updates. */
const renew = statement(`
  update leadhooks.queue set leased_until = ${nowOr('$1')} + $2::float8 * interval '1 millisecond'
  from unnest($3::text[], $4::text[]) as held (id, lease)
  where queue.id = held.id and queue.lease::text = held.lease
  returning queue.id`)

const release = statement(`
  update leadhooks.queue set lease = null, leased_until = null
  from unnest($1::text[], $2::text[]) as held (id, lease)
  where queue.id = held.id and queue.lease::text = held.lease`)

export async function renewLeases(
  database: Database,
  claims: readonly Claim[],
  { now, leaseMs }: { now: Date | null; leaseMs: number },
): Promise<string[]> {
  const rows = await database.rows<{ id: string }>(renew, [now, leaseMs, ...columnsOf(claims)])
  return rows.map(({ id }) => id)
}

export async function releaseDeliveries(database: Database, claims: readonly Claim[]): Promise<void> {
  await database.rows(release, columnsOf(claims))
}

function columnsOf(claims: readonly Claim[]): string[][] {
  return [claims.map(({ id }) => id), claims.map(({ lease }) => lease)]
}
