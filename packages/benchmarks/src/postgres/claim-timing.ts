import type { ClaimedDelivery, Storage } from '@leadhooks/core/storage'
import { postgresStorage } from '@leadhooks/postgres'
import pg from 'pg'
import { median } from '../results.ts'
import type { Place } from './contenders/contender.ts'

/** The storage by itself, as a worker uses it. */
export const openStorage = ({ postgresUrl }: Pick<Place, 'postgresUrl'>): Storage =>
  postgresStorage({ connectionString: postgresUrl })

export const claimsPerRound = 30

export interface TimedClaim {
  claimed: ClaimedDelivery[]
  ms: number
}

/** One claim of up to 500, with room for all of them. */
export async function timedClaim(storage: Storage): Promise<TimedClaim> {
  const start = performance.now()
  const claimed = await storage.claimDeliveries({
    limit: 500,
    leaseMs: 60_000,
    room: new Map(),
    defaultConcurrency: 1000,
  })
  return { claimed, ms: performance.now() - start }
}

/** Claims and gives back; answers how long the claim took. Throws when it was given fewer than it should. */
export async function claimAndRelease(storage: Storage, expected: number): Promise<number> {
  const { claimed, ms } = await timedClaim(storage)
  if (claimed.length !== expected)
    throw new Error(`A claim of 500 was given ${claimed.length} deliveries where ${expected} were expected`)
  if (claimed.length > 0) await storage.releaseDeliveries(claimed, {})
  return ms
}

/** Claims 500 in both places in turn, 30 times a round, each with a clean table to begin with; answers each round's p50. */
export async function claimInTurn(
  rounds: number,
  place: Place,
  baseline: Place,
): Promise<{ values: number[]; baselineValues: number[] }> {
  for (const each of [place, baseline]) await vacuum(each)
  const [storage, baselineStorage] = [openStorage(place), openStorage(baseline)]
  const [values, baselineValues]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const [times, baselineTimes]: [number[], number[]] = [[], []]
    for (let claim = 0; claim < claimsPerRound; claim++) {
      times.push(await claimAndRelease(storage, 500))
      baselineTimes.push(await claimAndRelease(baselineStorage, 500))
    }
    values.push(median(times))
    baselineValues.push(median(baselineTimes))
  }
  await storage.close()
  await baselineStorage.close()
  return { values, baselineValues }
}

/** As autovacuum will have done some minutes after a table was filled. */
export async function vacuum({ postgresUrl }: Pick<Place, 'postgresUrl'>): Promise<void> {
  const client = new pg.Client(postgresUrl)
  await client.connect()
  await client.query('vacuum analyze')
  await client.query('checkpoint')
  await client.end()
}

/** Settles as delivered what was claimed. */
export async function settleAll(storage: Storage, claimed: readonly ClaimedDelivery[]): Promise<void> {
  await storage.settleDeliveries(
    claimed.map(({ id, lease, attempt }) => ({
      id,
      lease,
      attempt: {
        number: attempt,
        startedAt: new Date(),
        durationMs: 5,
        outcome: 'succeeded',
        failure: null,
        message: null,
        statusCode: 200,
        responseBody: 'ok',
        batch: null,
      },
      next: { status: 'delivered' },
    })),
    {},
  )
}
