import type { ClaimedDelivery, Storage } from '@leadhooks/core/storage'
import { postgresStorage } from '@leadhooks/postgres'
import type { Place } from './contenders/contender.ts'

/** The storage by itself, as a worker uses it. */
export const openStorage = ({ postgresUrl }: Pick<Place, 'postgresUrl'>): Storage =>
  postgresStorage({ connectionString: postgresUrl })

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
      },
      next: { status: 'delivered' },
    })),
    {},
  )
}
