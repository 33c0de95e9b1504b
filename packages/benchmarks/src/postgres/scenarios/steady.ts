import pg from 'pg'
import { compare, figure, percentile, type Result } from '../../results.ts'
import { interleaveEach } from '../../rounds.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { compareWith } from '../compare-with.ts'
import { type ContenderName, steadyNames } from '../contenders/contenders.ts'
import { bodyOf, makeLead } from '../leads.ts'
import { pace, waitUntil } from '../pace.ts'
import type { Services } from '../services.ts'
import { forkWorker } from '../start-worker.ts'

const perSecond = 100
const warmUpSeconds = 1

interface Latency {
  p50: number
  p99: number
}

type Subject = 'raw INSERT' | (typeof steadyNames)[number]

const latencyOf = (values: readonly number[]): Latency => ({
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
})

/** 100 events a second, one per call: from the call to the receiver. Beside it, how long a raw INSERT takes. */
export async function steady(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const seconds = quick ? 2 : 8
  const measured = await interleaveEach(rounds, ['raw INSERT', ...steadyNames] as const, (name) =>
    name === 'raw INSERT' ? rawInserts(services, seconds) : steadyOnce(services, name, seconds),
  )

  const all = (name: Subject, key: keyof Latency): number[] => measured[name].map((latency) => latency[key])
  const others = steadyNames.filter((name) => name !== 'Leadhooks')
  const row = (key: keyof Latency) => ({
    scenario: `steady ${perSecond}/s, call to receiver, ${key}`,
    unit: 'ms',
    subject: 'Leadhooks',
    values: all('Leadhooks', key),
  })
  const othersBy = (key: keyof Latency): Record<string, number[]> =>
    Object.fromEntries(others.map((name) => [name, all(name, key)]))
  const isPeer = (name: string): boolean => !name.endsWith('loop')
  return [
    compare({
      ...row('p50'),
      baseline: 'raw INSERT',
      baselineValues: all('raw INSERT', 'p50'),
      atMost: 3,
    }),
    ...compareWith(row('p50'), othersBy('p50'), { BullMQ: { atMost: 1 } }),
    ...compareWith(
      row('p99'),
      othersBy('p99'),
      Object.fromEntries(others.filter(isPeer).map((name) => [name, { atMost: 1 }])),
    ),
    figure({
      scenario: `steady ${perSecond}/s, call to receiver, p99`,
      unit: 'ms',
      subject: 'raw INSERT alone',
      values: all('raw INSERT', 'p99'),
    }),
  ]
}

async function steadyOnce(services: Services, name: ContenderName, seconds: number): Promise<Latency> {
  const worker = forkWorker()
  try {
    return await services.withPlace(name, async (place, contender) => {
      const { receiver } = services
      const producer = await contender.openProducer(place)
      await worker.start(name, place, 64)
      let sent = 0
      const send = (): Promise<unknown> => producer.enqueue(makeLead(sent++))
      const arrived = async (): Promise<boolean> => (await receiver.received()) >= sent

      await receiver.begin({ measureLatency: true })
      await pace(perSecond, warmUpSeconds, send)
      await waitUntil(arrived, 20_000)
      await services.checkpoint()
      sent = 0
      await receiver.begin({ measureLatency: true })
      const first = perSecond * warmUpSeconds
      await pace(perSecond, seconds, () => producer.enqueue(makeLead(first + sent++)))
      await waitUntil(arrived, 20_000)

      const { paths } = await receiver.read()
      await producer.close()
      await worker.stop()
      return latencyOf(Object.values(paths).flatMap(({ latencies }) => latencies))
    })
  } finally {
    worker.end()
  }
}

/** One row, by itself, over the same client at the same rate. */
function rawInserts(services: Services, seconds: number): Promise<Latency> {
  return services.withDatabase(async (postgresUrl) => {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 })
    await pool.query(`create table events (organization_id text not null, id text not null, type text not null,
      body text not null, created_at timestamptz not null default now(), primary key (organization_id, id))`)
    const times: number[] = []
    const insert = async (n: number): Promise<void> => {
      const body = bodyOf(makeLead(n))
      const start = performance.now()
      await pool.query({
        name: 'insert',
        text: 'insert into events (organization_id, id, type, body) values ($1, $2, $3, $4)',
        values: ['org_0', `evt_${n}`, 'lead_0', body],
      })
      times.push(performance.now() - start)
    }
    const first = perSecond * warmUpSeconds
    await pace(perSecond, warmUpSeconds, insert)
    times.length = 0
    await services.checkpoint()
    await pace(perSecond, seconds, (n) => insert(first + n))
    await pool.end()
    return latencyOf(times)
  })
}
