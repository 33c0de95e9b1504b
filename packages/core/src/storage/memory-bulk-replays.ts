import type { ReplayFilter, StoredBulkReplay } from '../model/bulk-replay.ts'
import { replayRow } from './memory-delivery-row.ts'
import { countMissed, type Progress, recoverNext } from './memory-recovery.ts'
import {
  copy,
  type DeliveryRow,
  eventKey,
  type MemoryState,
  oldestFirst,
  ownRow,
  pageOf,
  timeOf,
} from './memory-state.ts'
import type { BulkReplayStorage } from './storage.ts'

export function memoryBulkReplays(state: MemoryState): BulkReplayStorage {
  const { bulkReplays } = state
  return {
    async countReplayable(filter) {
      return matching(state, filter).length
    },

    async countMissed(query) {
      return copy(countMissed(state, query))
    },

    async insertBulkReplay(replay) {
      const { organizationId, idempotencyKey } = replay
      const first = [...bulkReplays.values()].find(
        (known) =>
          idempotencyKey !== null &&
          known.organizationId === organizationId &&
          known.idempotencyKey === idempotencyKey,
      )
      if (first !== undefined) return copy(first)
      bulkReplays.set(replay.id, copy(replay))
      return copy(replay)
    },

    async findBulkReplay(replay) {
      return copy(ownRow(bulkReplays, replay))
    },

    async listBulkReplays({ organizationId, ...page }) {
      const own = [...bulkReplays.values()].filter((replay) => replay.organizationId === organizationId)
      return pageOf(own, page)
    },

    async listRunningReplays({ limit }) {
      const running = [...bulkReplays.values()].filter(({ state: current }) => current === 'running')
      const inOrder = inTurns(running.sort((a, b) => (a.id < b.id ? -1 : 1)))
      return inOrder
        .slice(0, limit)
        .map(({ organizationId, id, perSecond }) => ({ organizationId, id, perSecond }))
    },

    async changeReplayState({ now, ...replay }, { from, to }) {
      const row = ownRow(bulkReplays, replay)
      if (row === null || !from.includes(row.state)) return null
      return copy(Object.assign(row, { state: to, finishedAt: to === 'cancelled' ? timeOf({ now }) : null }))
    },

    async advanceBulkReplay({ organizationId, id, ...step }) {
      const row = ownRow(bulkReplays, { organizationId, id })
      if (row?.state !== 'running') return copy(row)
      const at = timeOf(step)
      const { replayed, skipped, last, end } =
        row.kind === 'recovery' ? recoverNext(state, row, step, at) : replayNext(state, row, step.limit, at)
      row.replayed += replayed
      row.skipped += skipped
      if (last !== null) Object.assign(row, { afterCreatedAt: copy(last.createdAt), afterId: last.id })
      if (end !== null) Object.assign(row, { state: end, finishedAt: at })
      return copy(row)
    },
  }
}

function replayNext(state: MemoryState, replay: StoredBulkReplay, limit: number, now: Date): Progress {
  const { status } = replay
  const rows = status === null ? [] : matching(state, { ...replay, status })
  const next = rows.filter((delivery) => isBehind(delivery, replay)).slice(0, limit)
  const replayed = next.filter((delivery) => replayRow(state, delivery, now) !== null).length
  const end = next.length < limit ? 'completed' : null
  return { replayed, skipped: next.length - replayed, last: next.at(-1) ?? null, end }
}

/** The first of each organization, then the second ones, and so on. */
function inTurns(replays: readonly StoredBulkReplay[]): StoredBulkReplay[] {
  const counts = new Map<string, number>()
  const rounds: StoredBulkReplay[][] = []
  for (const replay of replays) {
    const round = counts.get(replay.organizationId) ?? 0
    counts.set(replay.organizationId, round + 1)
    ;(rounds[round] ??= []).push(replay)
  }
  return rounds.flat()
}

/** The deliveries that match, the oldest first. */
function matching(state: MemoryState, filter: ReplayFilter & { organizationId: string }): DeliveryRow[] {
  const { organizationId, webhookId, eventType, status, since, until } = filter
  const rows = [...state.deliveries.values()].filter(
    (row) =>
      row.organizationId === organizationId &&
      row.status === status &&
      state.events.get(eventKey({ organizationId, id: row.eventId }))?.body !== '' &&
      (webhookId === null || row.webhookId === webhookId) &&
      (eventType === null || row.eventType === eventType) &&
      (since === null || row.createdAt >= since) &&
      row.createdAt < until,
  )
  return rows.sort(oldestFirst)
}

function isBehind(row: DeliveryRow, { afterCreatedAt, afterId }: StoredBulkReplay): boolean {
  return (
    afterCreatedAt === null ||
    afterId === null ||
    oldestFirst({ createdAt: afterCreatedAt, id: afterId }, row) < 0
  )
}
