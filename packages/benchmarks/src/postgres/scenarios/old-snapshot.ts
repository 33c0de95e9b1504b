import pg from 'pg'
import { compare, percentile, type Result } from '../../results.ts'
import type { SuiteOptions } from '../../suite-options.ts'
import { openStorage, settleAll, timedClaim } from '../claim-timing.ts'
import { makeLeads } from '../leads.ts'
import { eventOf, openLeadhooks } from '../open.ts'
import type { Services } from '../services.ts'

const perSecond = 200
const tickMs = 50
const perTick = (perSecond * tickMs) / 1000

/**
 * A report, a backup or a forgotten session holds a snapshot open, and nothing that is deleted or updated meanwhile can be
 * cleaned up. 200 events a second are dispatched, claimed and settled through the storage: what does a claim cost at the end?
 */
export async function oldSnapshot(
  services: Services,
  { quick, snapshotMinutes }: SuiteOptions,
): Promise<Result[]> {
  const minutes = quick ? 0.1 : snapshotMinutes
  const times = await services.withPlace('Leadhooks', async (place) => {
    const reader = new pg.Client(place.postgresUrl)
    await reader.connect()
    const leadhooks = openLeadhooks(place)
    const storage = openStorage(place)
    const tick = async (n: number): Promise<number> => {
      await leadhooks.dispatchEvents(makeLeads(perTick, n * perTick).map(eventOf))
      const { claimed, ms } = await timedClaim(storage)
      await settleAll(storage, claimed)
      return ms
    }
    const warmUp = 40
    for (let n = 0; n < warmUp; n++) await tick(n)

    await reader.query('begin isolation level repeatable read')
    await reader.query('select count(*) from leadhooks.queue')
    const ticks = (minutes * 60_000) / tickMs
    const measured: number[] = []
    const start = performance.now()
    for (let n = 0; n < ticks; n++) {
      const wait = start + n * tickMs - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      measured.push(await tick(warmUp + n))
    }
    await reader.query('commit')
    await reader.end()
    await storage.close()
    await leadhooks.close()
    return measured
  })

  const fifth = Math.floor(times.length / 5)
  const [first, last] = [times.slice(0, fifth), times.slice(-fifth)]
  const row = {
    scenario: `a snapshot held open for ${minutes} min at ${perSecond}/s`,
    unit: 'ms',
    baseline: 'its first fifth',
  }
  const of = (share: number) => ({
    values: [percentile(last, share)],
    baselineValues: [percentile(first, share)],
  })
  return [
    compare({ ...row, subject: 'claims of the last fifth, p99', ...of(0.99), atMost: 3 }),
    compare({ ...row, subject: 'claims of the last fifth, p50', ...of(0.5) }),
  ]
}
