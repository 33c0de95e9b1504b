import pg from 'pg'
import { compare, figure, median, type Result } from '../../results.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { claimAndRelease, openStorage } from '../claim-timing.ts'
import type { Place } from '../contenders/contender.ts'
import { leadhooksContender } from '../contenders/leadhooks.ts'
import { fillFinished, fillFuture } from '../fill.ts'
import { fill } from '../fill-queue.ts'
import type { Services } from '../services.ts'

const due = 20_000
const claims = 30

/** What a claim costs where a million deliveries are done with and many more wait for their time. */
export async function oldRows(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const finished = quick ? 50_000 : 1_000_000
  const future = finished / 5
  return services.withPlace('Leadhooks', (empty) =>
    services.withPlace('Leadhooks', async (full) => {
      await withPool(full, async (pool) => {
        await fillFinished(pool, finished)
        await fillFuture(pool, future)
      })
      const [emptyStorage, fullStorage] = [openStorage(empty), openStorage(full)]
      await withPool(full, (pool) => pool.query('vacuum analyze'))
      await services.checkpoint()
      const nothingDue = await repeat(claims, () => claimAndRelease(fullStorage, 0))

      for (const place of [empty, full]) {
        await fillDue(place)
        await withPool(place, (pool) => pool.query('analyze'))
      }
      await services.checkpoint()
      const [onEmpty, onFull]: number[][] = [[], []]
      for (let round = 0; round < rounds; round++) {
        const times: [number, number][] = []
        for (let claim = 0; claim < claims; claim++)
          times.push([await claimAndRelease(emptyStorage, 500), await claimAndRelease(fullStorage, 500)])
        onEmpty?.push(median(times.map(([time]) => time)))
        onFull?.push(median(times.map(([, time]) => time)))
      }
      await emptyStorage.close()
      await fullStorage.close()
      const scenario = `${finished.toLocaleString('en')} finished and ${future.toLocaleString('en')} future rows`
      return [
        compare({
          scenario,
          subject: 'claim of 500, p50',
          unit: 'ms',
          values: onFull ?? [],
          baseline: 'without them',
          baselineValues: onEmpty ?? [],
          atMost: 1.3,
        }),
        figure({
          scenario,
          subject: 'claim where nothing is due, p50',
          unit: 'ms',
          values: nothingDue,
          atMost: 1,
        }),
      ]
    }),
  )
}

async function fillDue(place: Place): Promise<void> {
  const producer = await leadhooksContender.openProducer(place)
  await fill(producer, due)
  await producer.close()
}

async function withPool(place: Place, run: (pool: pg.Pool) => Promise<unknown>): Promise<void> {
  const pool = new pg.Pool({ connectionString: place.postgresUrl })
  await run(pool)
  await pool.end()
}

async function repeat(times: number, run: () => Promise<number>): Promise<number[]> {
  const values: number[] = []
  for (let n = 0; n < times; n++) values.push(await run())
  return values
}
