import type { ApiKey } from '../model/api-key.ts'
import { copy, type DeliveryRow, eventKey, type MemoryState, oldestFirst } from './memory-state.ts'
import type { PagePosition, RetentionStorage, Walk } from './storage.ts'

export function memoryRetention(state: MemoryState): RetentionStorage {
  const { organizations, events, deliveries, attempts, bodies, bulkReplays } = state

  return {
    async listRetentions({ afterId, limit }) {
      const ids = new Set([...events.values()].map(({ organizationId }) => organizationId))
      const next = [...ids].sort().filter((id) => id > afterId)
      return next.slice(0, limit).map((organizationId) => ({
        organizationId,
        retention: copy(organizations.get(organizationId)?.retention ?? null),
      }))
    },

    async forgetDeliveries({ status, finishedBefore, ...walk }) {
      const named = namedByReplays(state, walk.organizationId)
      const seen: DeliveryRow[] = []
      const removed = { deliveries: 0, attempts: 0 }
      for (const row of next(deliveries.values(), walk, finishedBefore)) {
        if (seen.length + removed.attempts >= walk.limit) break
        seen.push(row)
        if (row.status !== status || !isBefore(row.finishedAt, finishedBefore) || named.has(row.id)) continue
        removed.deliveries++
        removed.attempts += attempts.get(row.id)?.length ?? 0
        for (const table of [attempts, bodies, deliveries]) table.delete(row.id)
      }
      return { ...removed, last: lastOf(seen) }
    },

    async forgetEvents({ createdBefore, ...walk }) {
      const found = next(events.values(), walk, createdBefore)
      const needed = new Set([...deliveries.values()].map(keyOfEvent))
      const over = found.map(eventKey).filter((key) => !needed.has(key))
      for (const key of over) events.delete(key)
      return { events: over.length, last: lastOf(found) }
    },

    async forgetBulkReplays({ organizationId, finishedBefore, limit }) {
      const over = [...bulkReplays.values()].filter(
        (replay) => replay.organizationId === organizationId && isBefore(replay.finishedAt, finishedBefore),
      )
      for (const { id } of over.slice(0, limit)) bulkReplays.delete(id)
      return Math.min(over.length, limit)
    },

    async forgetApiKeys({ endedBefore }) {
      return forgetApiKeys(state, endedBefore)
    },
  }
}

/** The next rows of an organization, the oldest first, that were created before then. */
function next<Row extends PagePosition & { organizationId: string }>(
  rows: Iterable<Row>,
  { organizationId, after, limit }: Walk,
  before: Date,
): Row[] {
  const own = [...rows].filter(
    (row) =>
      row.organizationId === organizationId &&
      isBefore(row.createdAt, before) &&
      (after === null || oldestFirst(row, after) > 0),
  )
  return own.sort(oldestFirst).slice(0, limit)
}

function lastOf(rows: readonly PagePosition[]): PagePosition | null {
  const last = rows.at(-1)
  return last === undefined ? null : copy({ createdAt: last.createdAt, id: last.id })
}

function isBefore(time: Date | null, limit: Date): boolean {
  return time !== null && time < limit
}

function keyOfEvent({ organizationId, eventId: id }: DeliveryRow): string {
  return eventKey({ organizationId, id })
}

/** What a replay repeats, and the first of its chain. */
function namedByReplays({ deliveries }: MemoryState, organizationId: string): Set<string | null> {
  const own = [...deliveries.values()].filter((row) => row.organizationId === organizationId)
  return new Set(own.flatMap(({ replayOf, replayRoot }) => [replayOf, replayRoot]))
}

function forgetApiKeys({ apiKeys, apiKeyTokens, apiKeyUsage }: MemoryState, before: Date): number {
  const over = new Set([...apiKeys.values()].filter((key) => hasEnded(key, before)).map(({ id }) => id))
  const usage = [...apiKeyUsage].filter(([, { id }]) => over.has(id))
  const tokens = [...apiKeyTokens].filter(
    ([, { apiKeyId, endsAt }]) => over.has(apiKeyId) || isBefore(endsAt, before),
  )
  for (const [key] of usage) apiKeyUsage.delete(key)
  for (const [hash] of tokens) apiKeyTokens.delete(hash)
  for (const id of over) apiKeys.delete(id)
  return over.size + usage.length + tokens.length
}

function hasEnded({ expiresAt, revokedAt }: ApiKey, before: Date): boolean {
  return isBefore(expiresAt, before) || isBefore(revokedAt, before)
}
