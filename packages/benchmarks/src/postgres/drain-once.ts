import { monotonicMs } from '../monotonic.ts'
import type { Place } from './contenders/contender.ts'
import type { ContenderName } from './contenders/contenders.ts'
import { fill } from './fill-queue.ts'
import type { Services } from './services.ts'
import { forkWorker, type WorkerProcess } from './start-worker.ts'

const concurrency = 64

export interface Drain {
  /** Deliveries a second, from the first request to the last attempt on disk. */
  rate: number
  /** CPU seconds of the worker's process for 1,000 deliveries. */
  cpu: number
  /** SQL statements of the worker's process for one delivery. */
  statements: number
  residentMib: number
}

/** A drain to warm the process up, and another one, in a new database, to measure. Each database is prepared first. */
export async function drainOnce(
  services: Services,
  name: ContenderName,
  count: number,
  prepare: (place: Place) => Promise<void> = async () => {},
): Promise<Drain> {
  const worker = forkWorker()
  const drainFilled = (size: number): Promise<Drain> =>
    services.withPlace(name, async (place, contender) => {
      await prepare(place)
      const producer = await contender.openProducer(place)
      await fill(producer, size)
      await producer.close()
      await services.checkpoint()
      return measure(services, worker, { name, place, count: size })
    })
  try {
    await drainFilled(count / 5)
    return await drainFilled(count)
  } finally {
    worker.end()
  }
}

async function measure(
  { receiver }: Services,
  worker: WorkerProcess,
  { name, place, count }: { name: ContenderName; place: Place; count: number },
): Promise<Drain> {
  await receiver.begin({})
  const drained = worker.untilRecorded(count)
  const before = await worker.start(name, place, concurrency)
  const after = await drained
  const end = monotonicMs()
  const { received, firstAt } = await receiver.read()
  const { residentBytes } = await worker.memory()
  await worker.stop()
  if (received !== count) throw new Error(`${name} sent ${received} requests where ${count} were due`)
  return {
    rate: (count * 1000) / (end - (firstAt ?? Number.NaN)),
    cpu: (after.cpuMs - before.cpuMs) / count,
    statements: (after.statements - before.statements) / count,
    residentMib: residentBytes / 1024 / 1024,
  }
}
