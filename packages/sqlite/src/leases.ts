import type { Claim } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

/** Whether nobody holds the delivery of this id: part of a query's condition. */
export const isFree = (id: string): string =>
  `not exists (select 1 from leadhooks_leases as lease where lease.delivery_id = ${id})`

export const endLease = `delete from leadhooks_leases where delivery_id = ?`

const renew = `update leadhooks_leases set leased_until = ? where delivery_id = ? and lease = ?`

const release = `delete from leadhooks_leases where delivery_id = ? and lease = ?`

/** Lets leases run on. Answers the ids that were still held: also those that lapsed, as long as nobody took them over. */
export function renewLeases(connection: Connection, claims: readonly Claim[], until: number): string[] {
  return claims.flatMap(({ id, lease }) =>
    connection.run(renew, until, id, lease).changes === 1 ? [id] : [],
  )
}

/** Gives deliveries back. They are due as they were, which is now. */
export function releaseDeliveries(connection: Connection, claims: readonly Claim[]): void {
  for (const { id, lease } of claims) connection.run(release, id, lease)
}
