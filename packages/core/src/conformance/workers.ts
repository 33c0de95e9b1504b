import assert from 'node:assert/strict'
import type { WorkerBeat } from '../model/worker-status.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, minute, race, second } from './fixtures.ts'

function beat(id: string, other: Partial<WorkerBeat> = {}): WorkerBeat {
  return { id, host: `machine of ${id}`, version: '1.2.3', inFlight: 0, ...other }
}

export const workerCases: readonly ConformanceCase[] = [
  storageCase('a worker is listed as it told of itself last, since its first beat', async (storage) => {
    await storage.beatWorker({ ...beat('a', { inFlight: 2 }), now: after(0) })
    await storage.beatWorker({ ...beat('b'), now: after(second) })
    await storage.beatWorker({ ...beat('a', { inFlight: 7 }), now: after(minute) })
    assert.deepEqual(await storage.listWorkers({ limit: 10, now: after(minute + 5) }), [
      { ...beat('a', { inFlight: 7 }), startedAt: after(0), lastBeatAt: after(minute), silentMs: 5 },
      { ...beat('b'), startedAt: after(second), lastBeatAt: after(second), silentMs: minute + 5 - second },
    ])
    const heardLast = await storage.listWorkers({ limit: 1, now: after(minute) })
    assert.deepEqual(
      heardLast.map(({ id }) => id),
      ['a'],
    )
  }),

  storageCase('workers that are removed are listed no more, until they beat again', async (storage) => {
    for (const id of ['a', 'b', 'c']) await storage.beatWorker({ ...beat(id), now: after(0) })
    await storage.removeWorkers(['a', 'c', 'unknown'])
    const ids = async (): Promise<string[]> =>
      (await storage.listWorkers({ limit: 10, now: after(0) })).map(({ id }) => id)
    assert.deepEqual(await ids(), ['b'])
    await storage.beatWorker({ ...beat('a'), now: after(minute) })
    assert.deepEqual(await ids(), ['a', 'b'])
  }),

  storageCase('of ten workers that beat at once each is listed', async (storage) => {
    await race(10, async (index) => storage.beatWorker(beat(`worker ${index}`)))
    const workers = await storage.listWorkers({ limit: 100 })
    assert.equal(workers.length, 10)
    for (const { silentMs } of workers) assert.ok(silentMs >= 0 && silentMs < minute)
  }),
]
