import { copy, type MemoryState, timeOf } from './memory-state.ts'
import type { WorkerStorage } from './storage.ts'

export function memoryWorkers({ workers }: MemoryState): WorkerStorage {
  return {
    async beatWorker({ now, ...beat }) {
      const lastBeatAt = timeOf({ now })
      const startedAt = workers.get(beat.id)?.startedAt ?? lastBeatAt
      workers.set(beat.id, copy({ ...beat, startedAt, lastBeatAt }))
    },

    async listWorkers({ limit, ...timed }) {
      const now = timeOf(timed).getTime()
      const seen = [...workers.values()].sort((a, b) => b.lastBeatAt.getTime() - a.lastBeatAt.getTime())
      return seen
        .slice(0, limit)
        .map((worker) => copy({ ...worker, silentMs: now - worker.lastBeatAt.getTime() }))
    },

    async removeWorkers(ids) {
      for (const id of ids) workers.delete(id)
    },
  }
}
