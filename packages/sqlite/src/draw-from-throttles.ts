import { drawFromThrottle, type StoredWebhook, type ThrottleDraw } from '@leadhooks/core/storage'
import type { Connection } from './connection.ts'

const find = `
  select enabled, circuit_state, waits_until, waits_for, throttle ->> 'requests' as requests, throttle ->> 'perMs' as per_ms,
    throttle_full_at
  from leadhooks_webhooks where organization_id = ? and id = ?`

const keep = `update leadhooks_webhooks set throttle_full_at = ? where id = ?`

const wait = `update leadhooks_webhooks set waits_until = ?, waits_for = ? where id = ?`

interface Row {
  enabled: number
  circuit_state: StoredWebhook['circuitState']
  waits_until: number | null
  waits_for: StoredWebhook['waitsFor']
  requests: number | null
  per_ms: number | null
  throttle_full_at: number | null
}

/** Lets through what throttles have left, as part of the transaction that is open; answers how many of each. */
export function drawFromThrottles(
  connection: Connection,
  draws: readonly ThrottleDraw[],
  now: number,
): number[] {
  return draws.map((draw) => drawOne(connection, draw, now))
}

function drawOne(connection: Connection, { organizationId, id, wanted }: ThrottleDraw, now: number): number {
  const row = connection.get(find, organizationId, id) as Row | undefined
  if (row === undefined) return 0
  const drawn = drawFromThrottle(webhookOf(row), row.throttle_full_at, wanted, now)
  if (drawn.fullAt !== row.throttle_full_at) connection.run(keep, drawn.fullAt, id)
  if (drawn.wait !== null)
    connection.run(wait, drawn.wait.waitsUntil?.getTime() ?? null, drawn.wait.waitsFor, id)
  return drawn.count
}

function webhookOf(row: Row): Parameters<typeof drawFromThrottle>[0] {
  const { requests, per_ms: perMs, waits_until: waitsUntil } = row
  return {
    enabled: row.enabled === 1,
    circuitState: row.circuit_state,
    waitsUntil: waitsUntil === null ? null : new Date(waitsUntil),
    waitsFor: row.waits_for,
    throttle: requests === null || perMs === null ? null : { requests, perMs },
  }
}
