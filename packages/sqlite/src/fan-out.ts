import type { Connection } from './connection.ts'
import { lineUp } from './ordered-deliveries.ts'

/** A list has to look through all that is not fanned out: it is never more than this, of all organizations together. */
const maxToFanOut = 512

const lastFannedOut = `select seq from leadhooks_fan_out`

const isToFanOut = `select 1 from leadhooks_events where seq > (${lastFannedOut}) limit 1`

/**
 * The deliveries that events list in their own rows, with the columns of `leadhooks_fresh_deliveries`. To be followed by a
 * condition on `listing.seq`; the indexes of the table are no help to find those.
 */
export const listedDeliveries = `
  select listing.organization_id, listed.value ->> 0 as webhook_id, listed.value ->> 1 as id, listing.seq as event_seq,
    listing.dispatched_at as created_at
  from leadhooks_events as listing not indexed
  cross join json_each(iif(json_valid(listing.deliveries), listing.deliveries, null)) as listed`

/** Those that have no row of their own yet. */
export const deliveriesToFanOut = `${listedDeliveries} where listing.seq > (${lastFannedOut})`

const insertDeliveries = `
  insert into leadhooks_fresh_deliveries (organization_id, webhook_id, id, event_seq, created_at) ${deliveriesToFanOut}`

const noteAll = `update leadhooks_fan_out set seq = (select max(seq) from leadhooks_events)`

const note = `update leadhooks_fan_out set seq = ?`

/** Gives each delivery of the newest events a row of its own. To be called before any that may be among them is changed. */
export function fanOut(connection: Connection): void {
  if (connection.get(isToFanOut) === undefined) return
  const { seq } = connection.get(lastFannedOut) as { seq: number }
  connection.run(insertDeliveries)
  lineUp(connection, seq)
  connection.run(noteAll)
}

/** Sees to it, with each new event, that there are never many to fan out, even where no worker ever comes to do it. */
export function keepFanOutShort(connection: Connection, newest: number): void {
  const { seq } = connection.get(lastFannedOut) as { seq: number }
  if (newest - seq >= maxToFanOut) fanOut(connection)
  // Somebody has deleted the newest events, and SQLite has given the place of one of them again.
  if (newest <= seq) connection.run(note, newest - 1)
}
