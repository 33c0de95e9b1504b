import type { KeptBody, ShapedBody } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

const isHeld = `select 1 from leadhooks_leases where delivery_id = ? and lease = ?`

const keep = `
  insert into leadhooks_delivery_bodies (delivery_id, format, body) values (?, ?, ?) on conflict do nothing`

const copy = `
  insert into leadhooks_delivery_bodies (delivery_id, format, body)
  select ?, format, body from leadhooks_delivery_bodies where delivery_id = ?`

const isAny = `select 1 from leadhooks_delivery_bodies limit 1`

const find = `select format, body from leadhooks_delivery_bodies where delivery_id = ?`

/** Keeps what was made for claimed deliveries to send; answers where their lease still held. */
export function keepBodies(connection: Connection, bodies: readonly KeptBody[]): boolean[] {
  return bodies.map(({ id, lease, format, body }) => {
    if (connection.get(isHeld, id, lease) === undefined) return false
    connection.run(keep, id, format, body)
    return true
  })
}

/** Gives a replay what was made for the delivery that it repeats, if anything. */
export function copyBody(connection: Connection, from: string, to: string): void {
  connection.run(copy, to, from)
}

/** Finds what was made for deliveries. Where nothing ever was, as for most hosts, that is found out once. */
export function bodyFinder(connection: Connection): (deliveryId: string) => ShapedBody | undefined {
  let hasAny: boolean | undefined
  return (deliveryId) => {
    hasAny ??= connection.get(isAny) !== undefined
    return hasAny ? (connection.get(find, deliveryId) as ShapedBody | undefined) : undefined
  }
}
