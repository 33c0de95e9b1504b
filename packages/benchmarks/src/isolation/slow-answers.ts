import { monotonicMs } from '../monotonic.ts'
import { makeLead } from '../postgres/leads.ts'
import type { Services } from '../postgres/services.ts'
import { forkWorker } from '../postgres/start-worker.ts'
import { compare, type Result } from '../results.ts'
import { interleaveEach } from '../rounds.ts'
import type { SuiteOptions } from '../suite-options.ts'

const answerMs = 300
const defaultConcurrency = 10

/** How near one webhook comes to as many requests at once as it may have, all the time, where its receiver takes 300 ms. */
export async function slowAnswers(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const count = quick ? 50 : 300
  const { Leadhooks: rates } = await interleaveEach(rounds, ['Leadhooks'], () => deliverAll(services, count))
  return [
    compare({
      scenario: `one webhook whose receiver takes ${answerMs} ms`,
      subject: 'Leadhooks',
      unit: '/s',
      values: rates,
      baseline: 'concurrency / latency',
      baselineValues: rates.map(() => (defaultConcurrency * 1000) / answerMs),
      atLeast: 0.9,
    }),
  ]
}

/** Deliveries a second, from the first request to the last attempt on disk. */
async function deliverAll(services: Services, count: number): Promise<number> {
  const worker = forkWorker()
  try {
    return await services.withPlace('Leadhooks', async (place, contender) => {
      const { receiver } = services
      const producer = await contender.openProducer(place)
      await producer.enqueueMany(Array.from({ length: count }, (_, n) => makeLead(n, 0)))
      await producer.close()
      await receiver.begin({ delayMs: answerMs })
      const recorded = worker.untilRecorded(count)
      await worker.start('Leadhooks', place, 64)
      await recorded
      const end = monotonicMs()
      const { firstAt } = await receiver.read()
      await worker.stop()
      return (count * 1000) / (end - (firstAt ?? Number.NaN))
    })
  } finally {
    worker.end()
  }
}
