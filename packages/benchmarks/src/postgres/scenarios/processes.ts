import { monotonicMs } from '../../monotonic.ts'
import { compare, type Result } from '../../results.ts'
import { interleaveEach } from '../../rounds.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { type ContenderName, peerNames } from '../contenders/contenders.ts'
import { fill } from '../fill-queue.ts'
import type { Services } from '../services.ts'
import { forkWorker } from '../start-worker.ts'

const concurrency = 8
const answerMs = 20

interface Both {
  one: number
  four: number
}

/** Deliveries a second of one worker process and of four, where the receiver takes 20 ms and each has 8 under way. */
export async function processes(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const count = quick ? 400 : 2000
  const both = async (name: ContenderName): Promise<Both> => ({
    one: await deliverBy(1, services, name, count),
    four: await deliverBy(4, services, name, count * 2),
  })
  const ours = await interleaveEach(rounds, ['Leadhooks'], both)
  const peers = await interleaveEach(1, peerNames, both)
  return Object.entries({ ...ours, ...peers }).map(([subject, rates]) =>
    compare({
      scenario: `4 worker processes, ${answerMs} ms receiver`,
      subject,
      unit: '/s',
      values: rates.map(({ four }) => four),
      baseline: 'one process',
      baselineValues: rates.map(({ one }) => one),
      ...(subject === 'Leadhooks' && { atLeast: 3.4 }),
    }),
  )
}

function deliverBy(size: number, services: Services, name: ContenderName, count: number): Promise<number> {
  const workers = Array.from({ length: size }, forkWorker)
  const warmUp = size * 200
  return services.withPlace(name, async (place, contender) => {
    const producer = await contender.openProducer(place)
    const drainBy = async (wanted: number, first: number): Promise<number> => {
      await fill(producer, wanted, first)
      await services.receiver.begin({ delayMs: answerMs })
      await Promise.all(workers.map((worker) => worker.start(name, place, concurrency)))
      const recorded = (): number => workers.reduce((sum, worker) => sum + worker.recorded(), 0)
      while (recorded() < wanted) await new Promise((resolve) => setTimeout(resolve, 5))
      const end = monotonicMs()
      const { firstAt } = await services.receiver.read()
      await Promise.all(workers.map((worker) => worker.stop()))
      return (wanted * 1000) / (end - (firstAt ?? Number.NaN))
    }
    try {
      await drainBy(warmUp, 0)
      return await drainBy(count, warmUp)
    } finally {
      await producer.close()
      for (const worker of workers) worker.end()
    }
  })
}
