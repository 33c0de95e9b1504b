import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { SuiteOptions } from '../suite-options.ts'
import { figure, type Result } from '../results.ts'
import { startReceiver } from '../start-receiver.ts'
import { createWebhooks, dispatchLeads } from './fill.ts'
import { openDatabase, openLeadhooks } from './open.ts'
import { withTemporaryFile } from './temporary-file.ts'

const mebibyte = 1024 * 1024
const mostGrowth = 32

interface Memory {
  /** What the garbage collector cannot free. */
  live: number
  /** What the system counts: with the pages that V8 keeps for its next garbage, as many as it sees fit. */
  resident: number
}

/** What a process that only sends grows by between the 10,000th and the 100,000th delivery. */
export async function memoryScenario({ quick }: SuiteOptions): Promise<Result[]> {
  const [first, last] = quick ? [1000, 5000] : [10_000, 100_000]
  const { live, resident } = await withTemporaryFile((path) => growthOfWorker(path, first, last))
  const row = { scenario: `memory from delivery ${first} to ${last}`, unit: 'MiB more', atMost: mostGrowth }
  return [
    figure({ ...row, subject: 'live', values: [live] }),
    figure({ ...row, subject: 'resident', values: [resident] }),
  ]
}

async function growthOfWorker(path: string, first: number, last: number): Promise<Memory> {
  const receiver = await startReceiver()
  const encryptionKey = randomBytes(32).toString('base64')
  const database = openDatabase(path)
  const leadhooks = await openLeadhooks(database, { encryptionKey })
  await createWebhooks(leadhooks, receiver.url)
  const worker = fork(new URL('memory-worker.ts', import.meta.url), [path, encryptionKey])
  await once(worker, 'message')

  let before: Memory | undefined
  for (let dispatched = 0; dispatched < last; dispatched += first) {
    await dispatchLeads(leadhooks, first)
    while ((await receiver.received()) < dispatched + first)
      await new Promise((resolve) => setTimeout(resolve, 20))
    before ??= await usedMemory(worker)
  }
  const after = await usedMemory(worker)
  worker.kill()
  receiver.stop()
  await leadhooks.close()
  database.close()
  return {
    live: (after.live - (before?.live ?? 0)) / mebibyte,
    resident: (after.resident - (before?.resident ?? 0)) / mebibyte,
  }
}

async function usedMemory(worker: ChildProcess): Promise<Memory> {
  worker.send('measure')
  const [memory] = (await once(worker, 'message')) as [Memory]
  return memory
}
