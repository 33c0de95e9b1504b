import { figure, type Result } from '../../results.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { leadhooksContender } from '../contenders/leadhooks.ts'
import { fill } from '../fill-queue.ts'
import type { Services } from '../services.ts'
import { forkWorker } from '../start-worker.ts'

const mebibyte = 1024 * 1024

/** What the process of a worker grows by between the 10,000th and the 100,000th delivery. */
export async function memory(services: Services, { quick }: SuiteOptions): Promise<Result[]> {
  const [step, last] = quick ? [1000, 5000] : [10_000, 100_000]
  const worker = forkWorker()
  try {
    const [before, after] = await services.withPlace('Leadhooks', async (place) => {
      const producer = await leadhooksContender.openProducer(place)
      await services.receiver.begin({})
      await worker.start('Leadhooks', place, 64)
      const deliver = async (from: number, to: number): Promise<void> => {
        for (let first = from; first < to; first += step) {
          const delivered = worker.untilRecorded(first + step)
          await fill(producer, step, first)
          await delivered
        }
      }
      await deliver(0, step)
      const early = await worker.memory()
      await deliver(step, last)
      const late = await worker.memory()
      await producer.close()
      await worker.stop()
      return [early, late]
    })
    const row = { scenario: `memory of the worker from delivery ${step} to ${last}`, unit: 'MiB more' }
    return [
      figure({ ...row, subject: 'live', values: [(after.liveBytes - before.liveBytes) / mebibyte] }),
      figure({
        ...row,
        subject: 'resident',
        values: [(after.residentBytes - before.residentBytes) / mebibyte],
      }),
    ]
  } finally {
    worker.end()
  }
}
