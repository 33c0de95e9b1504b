import { compare, figure, type Result } from '../../results.ts'
import { interleaveEach } from '../../rounds.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { compareWith } from '../compare-with.ts'
import { drainNames } from '../contenders/contenders.ts'
import { type Drain, drainOnce } from '../drain-once.ts'
import type { Services } from '../services.ts'

type DrainName = (typeof drainNames)[number]

/** From a full queue, of 10 webhooks of 5 organizations, to the last attempt on disk. */
export async function drain(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const count = quick ? 1000 : 10_000
  const drains = await interleaveEach(rounds, drainNames, (name) => drainOnce(services, name, count))
  return rowsOf(count, drains)
}

function rowsOf(count: number, drains: Record<DrainName, Drain[]>): Result[] {
  const all = (name: DrainName, key: keyof Drain): number[] => drains[name].map((drained) => drained[key])
  const others = drainNames.filter((name) => name !== 'Leadhooks')
  const othersBy = (key: keyof Drain): Record<string, number[]> =>
    Object.fromEntries(others.map((name) => [name, all(name, key)]))
  const ours = (key: keyof Drain) => ({ subject: 'Leadhooks', values: all('Leadhooks', key) })

  const rate = { scenario: `drain ${count} events, 10 webhooks`, unit: '/s', ...ours('rate') }
  const bestOfPgBoss = drains['pg-boss'].map((plain, round) =>
    Math.max(plain.rate, drains['pg-boss, tuned'][round]?.rate ?? 0),
  )
  return [
    ...compareWith(rate, othersBy('rate'), {
      'batched loop': { atLeast: 0.95 },
      'graphile-worker': { atLeast: 2.2 },
      'graphile-worker, attempts batched': { atLeast: 1 },
      BullMQ: { atLeast: 2.4 },
      'BullMQ, attempts batched': { atLeast: 1.4 },
    }),
    compare({ ...rate, baseline: 'pg-boss, the better', baselineValues: bestOfPgBoss, atLeast: 1.2 }),
    ...compareWith(
      { scenario: 'CPU of the worker at drain', unit: 's per 1,000', ...ours('cpu') },
      othersBy('cpu'),
      { 'batched loop': { atMost: 1 } },
    ),
    figure({
      scenario: 'SQL statements at drain',
      unit: 'per delivery',
      ...ours('statements'),
      atMost: 0.1,
    }),
    ...others.map((name) =>
      figure({
        scenario: 'SQL statements at drain',
        unit: 'per delivery',
        subject: name,
        values: all(name, 'statements'),
      }),
    ),
    ...compareWith(
      { scenario: 'memory of the worker after the drain', unit: 'MiB resident', ...ours('residentMib') },
      othersBy('residentMib'),
    ),
  ]
}
