import pg from 'pg'
import { compare, figure, type Result } from '../../results.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { claimAndRelease, claimInTurn, claimsPerRound, openStorage, vacuum } from '../claim-timing.ts'
import type { Place } from '../contenders/contender.ts'
import { leadhooksContender } from '../contenders/leadhooks.ts'
import { fillFinished, fillFuture } from '../fill.ts'
import { fill } from '../fill-queue.ts'
import type { Services } from '../services.ts'

const due = 20_000

/** What a claim costs where a million deliveries are done with and many more wait for their time. */
export async function oldRows(services: Services, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const finished = quick ? 50_000 : 1_000_000
  const future = finished / 5
  const scenario = `${finished.toLocaleString('en')} finished and ${future.toLocaleString('en')} future rows`
  return services.withPlace('Leadhooks', (empty) =>
    services.withPlace('Leadhooks', async (full) => {
      const pool = new pg.Pool({ connectionString: full.postgresUrl })
      await fillFinished(pool, finished)
      await fillFuture(pool, future)
      await pool.end()
      await vacuum(full)
      const nothingDue = await claimNothing(full)

      for (const place of [empty, full]) await fillDue(place)
      return [
        compare({
          scenario,
          subject: 'claim of 500, p50',
          unit: 'ms',
          baseline: 'without them',
          ...(await claimInTurn(rounds, full, empty)),
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

async function claimNothing(place: Place): Promise<number[]> {
  const storage = openStorage(place)
  const times: number[] = []
  for (let claim = 0; claim < claimsPerRound; claim++) times.push(await claimAndRelease(storage, 0))
  await storage.close()
  return times
}

async function fillDue(place: Place): Promise<void> {
  const producer = await leadhooksContender.openProducer(place)
  await fill(producer, due)
  await producer.close()
}
