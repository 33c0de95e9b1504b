import { figure, compare, percentile, type Result } from '../../results.ts'
import { interleaveEach } from '../../rounds.ts'
import type { ReceiverPlan } from '../../start-receiver.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { type ContenderName, peerNames } from '../contenders/contenders.ts'
import { type Lead, makeLead } from '../leads.ts'
import { pace, waitUntil } from '../pace.ts'
import type { Services } from '../services.ts'
import { forkWorker } from '../start-worker.ts'

const perSecond = 100
const warmUpSeconds = 2
const slowPath = '/0'
/** What was written last may still be on its way when the others are counted. */
const graceMs = 250
const steadyPeers = [...peerNames, 'pg-boss, one job per fetch'] as const

interface Outcome {
  /** Of the deliveries to the nine others. */
  p99: number
  /** How many of theirs had come, in percent, when the last event was written. */
  inTime: number
  /** How many of all had been answered, in percent, some time after the slow receiver got well. */
  inTheEnd: number
}

interface Both {
  without: Outcome
  withSlow: Outcome
}

/** One webhook of ten has 30 % of the traffic, and its receiver takes ten seconds to answer. What do the others notice? */
export async function slowReceiver(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const seconds = quick ? 4 : 20
  const slow = { path: slowPath, delayMs: quick ? 2000 : 10_000 }
  const without = (name: ContenderName) => traffic(services, name, { seconds: seconds / 2 })
  const withSlow = (name: ContenderName) => traffic(services, name, { seconds, slow })
  const both = async (name: ContenderName): Promise<Both> => ({
    without: await without(name),
    withSlow: await withSlow(name),
  })
  const ours = await interleaveEach(rounds, ['Leadhooks'], both)
  // Once is enough for them: they wait for the slow one, or they do not.
  const peers = await interleaveEach(1, steadyPeers, both)
  return Object.entries({ ...ours, ...peers }).flatMap(([name, outcomes]) => rowsOf(name, seconds, outcomes))
}

function rowsOf(subject: string, seconds: number, outcomes: readonly Both[]): Result[] {
  const isOurs = subject === 'Leadhooks'
  const slow = (key: keyof Outcome): number[] => outcomes.map(({ withSlow }) => withSlow[key])
  return [
    compare({
      scenario: 'slow receiver, p99 of the nine others',
      subject,
      unit: 'ms',
      values: slow('p99'),
      baseline: 'without the slow one',
      baselineValues: outcomes.map(({ without }) => without.p99),
      ...(isOurs && { atMost: 2 }),
    }),
    figure({
      scenario: `slow receiver, delivered to the nine others within ${seconds} s`,
      subject,
      unit: '%',
      values: slow('inTime'),
    }),
    figure({
      scenario: 'slow receiver, delivered to all ten in the end',
      subject,
      unit: '%',
      values: slow('inTheEnd'),
      ...(isOurs && { atLeast: 100 }),
    }),
  ]
}

/** Three of ten events go to the first webhook, the others to the nine others in turn. */
function leadFor(n: number): Lead {
  const place = n % 10
  const turn = Math.floor(n / 10) * 7 + place - 3
  return makeLead(n, place < 3 ? 0 : 1 + (turn % 9))
}

async function traffic(
  services: Services,
  name: ContenderName,
  { seconds, slow }: { seconds: number; slow?: ReceiverPlan['slow'] },
): Promise<Outcome> {
  const worker = forkWorker()
  try {
    return await services.withPlace(name, async (place, contender) => {
      const { receiver } = services
      const producer = await contender.openProducer(place)
      await worker.start(name, place, 64)
      const warmUp = perSecond * warmUpSeconds
      await receiver.begin({})
      await pace(perSecond, warmUpSeconds, (n) => producer.enqueue(leadFor(n)))
      await waitUntil(async () => (await receiver.received()) >= warmUp, 20_000)
      await receiver.begin({ measureLatency: true, ...(slow && { slow }) })
      const total = perSecond * seconds
      await pace(perSecond, seconds, (n) => producer.enqueue(leadFor(warmUp + n)))
      await new Promise((resolve) => setTimeout(resolve, graceMs))
      const { fast: fastInTime } = split(await receiver.read())
      const fastTotal = total * 0.7

      await receiver.change({ measureLatency: true })
      await waitUntil(
        async () => split(await receiver.read()).answered >= total,
        (slow?.delayMs ?? 0) + 10_000,
      )
      const { fast, answered } = split(await receiver.read())
      await producer.close()
      worker.end()
      return {
        p99: percentile(fast, 0.99),
        inTime: (fastInTime.length / fastTotal) * 100,
        inTheEnd: (answered / total) * 100,
      }
    })
  } finally {
    worker.end()
  }
}

function split({ paths }: Awaited<ReturnType<Services['receiver']['read']>>): {
  fast: number[]
  answered: number
} {
  const others = Object.entries(paths).filter(([path]) => path !== slowPath)
  return {
    fast: others.flatMap(([, { latencies }]) => latencies),
    answered: Object.values(paths).reduce((sum, path) => sum + path.answered, 0),
  }
}
