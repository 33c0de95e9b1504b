import type { Result } from '../../results.ts'
import { byCallers, interleaveEach, perSecond } from '../../rounds.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { compareWith } from '../compare-with.ts'
import { type ContenderName, peerNames } from '../contenders/contenders.ts'
import { makeLead, makeLeads } from '../leads.ts'
import type { Services } from '../services.ts'

const callers = 16
const producers = ['Leadhooks', 'batched loop', ...peerNames] as const

interface Enqueued {
  single: number
  many: number
}

/** One event per call by sixteen callers, and 1,000 per call by one. */
export async function enqueue(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const count = quick ? 500 : 2000
  const measured = await interleaveEach(rounds, producers, (name) => enqueueOnce(services, name, count))
  const rows = (key: keyof Enqueued, scenario: string): Result[] => {
    const values = (name: (typeof producers)[number]): number[] =>
      measured[name].map((enqueued) => enqueued[key])
    const others = producers.filter((name) => name !== 'Leadhooks')
    return compareWith(
      { scenario, unit: '/s', subject: 'Leadhooks', values: values('Leadhooks') },
      Object.fromEntries(others.map((name) => [name, values(name)])),
    )
  }
  return [
    ...rows('single', `enqueue one per call, ${callers} callers`),
    ...rows('many', 'enqueue 1,000 per call'),
  ]
}

function enqueueOnce(services: Services, name: ContenderName, count: number): Promise<Enqueued> {
  return services.withPlace(name, async (place, contender) => {
    const producer = await contender.openProducer(place)
    const warmUp = count / 10
    await byCallers(callers, warmUp, (n) => producer.enqueue(makeLead(n)))
    await services.checkpoint()
    const single = await perSecond(count, () =>
      byCallers(callers, count, (n) => producer.enqueue(makeLead(warmUp + n))),
    )
    const many = await perSecond(10_000, async () => {
      for (let call = 0; call < 10; call++)
        await producer.enqueueMany(makeLeads(1000, (call + 1) * 1_000_000))
    })
    await producer.close()
    return { single, many }
  })
}
