import { LeadhooksError } from '@leadhooks/core/storage'
import type { ClaimedRow } from './claim-lanes.ts'
import type { Database } from './database.ts'
import { releaseDeliveries } from './leases.ts'
import { statement } from './statement.ts'

/** So many deliveries of a key are parked at once: a backlog of it is out of the way after a few claims. */
const pageSize = 1000

/**
 * Of deliveries that are in an order and have just been claimed, those go that are the first of their key. The others are parked, and
 * with them what else of the key lies in the way of claims. Whoever is ahead of them is held meanwhile, so that it cannot end
 * without letting one of them go: the trigger of its removal waits, and then sees them parked. Where somebody is just removing
 * it, nothing is parked, and the next claim looks again: nobody here waits for a lock.
 */
const take = statement(`
  with claimed as materialized (
    select queue.id, webhook_id, ordering_key from leadhooks.queue
    join unnest($1::text[], $2::text[]) as held (id, lease) on queue.id = held.id and queue.lease::text = held.lease
  ), line as materialized (
    select key.webhook_id, key.ordering_key, coalesce(turn.id, first.id) as ahead, turn.id is null as is_open,
      coalesce(turn.id, first.id) in (select id from claimed) as is_ours
    from (select distinct webhook_id, ordering_key from claimed) as key
    left join lateral (
      select id from leadhooks.queue
      where webhook_id = key.webhook_id and ordering_key = key.ordering_key and has_turn limit 1
    ) as turn on true
    cross join lateral (
      select id from leadhooks.queue
      where webhook_id = key.webhook_id and ordering_key = key.ordering_key order by place limit 1
    ) as first
  ), turn as (
    update leadhooks.queue set has_turn = true from line
    where queue.id = line.ahead and line.is_open and line.is_ours
    returning queue.id
  ), kept as (
    select queue.id, due_at from line join leadhooks.queue on queue.id = line.ahead and not line.is_ours
    for key share of queue skip locked
  ), woken as (
    update leadhooks.queue set due_at = created_at from kept where queue.id = kept.id and kept.due_at = 'infinity'
  ), behind as materialized (
    select delivery.id from (
      select * from line where ahead in (select id from turn union all select id from kept)
    ) as line
    cross join lateral (
      select id from leadhooks.queue
      where webhook_id = line.webhook_id and ordering_key = line.ordering_key and due_at < 'infinity' and id <> line.ahead
        and (lease is null or id in (select id from claimed))
      order by place limit ${pageSize} for update skip locked
    ) as delivery
  ), parked as (
    update leadhooks.queue set due_at = 'infinity', lease = null, leased_until = null
    where id = any(array(select id from behind))
  ), given_back as (
    update leadhooks.queue set lease = null, leased_until = null
    where id = any(array(select id from claimed except select id from turn except select id from behind))
  )
  select id from turn`)

/** Of what was claimed, what may go: all that is in no order, or has its turn. */
export async function takeTurns(database: Database, claimed: ClaimedRow[]): Promise<ClaimedRow[]> {
  const asking = claimed.filter(
    ({ ordering_key: key, has_turn: hasTurn }) => key !== null && hasTurn === null,
  )
  if (asking.length === 0) return claimed
  const given = new Set(await askForTurns(database, asking))
  return claimed.filter(
    ({ id, ordering_key: key, has_turn: hasTurn }) => key === null || hasTurn === true || given.has(id),
  )
}

async function askForTurns(database: Database, asking: readonly ClaimedRow[]): Promise<string[]> {
  try {
    const values = [asking.map(({ id }) => id), asking.map(({ lease }) => lease)]
    const rows = await database.rowsPlannedAnew<{ id: string }>(take, values)
    return rows.map(({ id }) => id)
  } catch (error) {
    if (!(error instanceof LeadhooksError) || error.code !== 'conflict') throw error
    // Another claim gave a turn to a delivery that was not to be seen yet. The next one will see both.
    await releaseDeliveries(database, asking)
    return []
  }
}
