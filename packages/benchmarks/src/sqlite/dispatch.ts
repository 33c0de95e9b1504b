import { eventTypeOf, leadData, organizationOf } from '../leads.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { compare, type Result } from '../results.ts'
import { byCallers, interleave, perSecond } from '../rounds.ts'
import { openDatabase, openLeadhooks } from './open.ts'
import { withTemporaryFile } from './temporary-file.ts'

const callers = 16

/** One event and its delivery per call, beside a raw insert of one row with the same body, at the same durability. */
export async function dispatchScenario({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const times = quick ? 2000 : 20_000

  const raw = (): Promise<number> =>
    withTemporaryFile(async (path) => {
      const database = openDatabase(path)
      database.exec(
        'create table events (id text primary key, body text not null, created_at integer not null)',
      )
      const insert = database.prepare('insert into events values (?, ?, ?)')
      const rate = await perSecond(times, () => {
        for (let n = 0; n < times; n++) {
          const data = leadData(n)
          const body = JSON.stringify({
            id: `evt_${n}`,
            event: 'lead_0',
            timestamp: new Date().toISOString(),
            data,
          })
          insert.run(`evt_${n}`, body, Date.now())
        }
      })
      database.close()
      return rate
    })

  const ours = (run: (dispatch: Dispatches) => unknown) => (): Promise<number> =>
    withTemporaryFile(async (path) => {
      const database = openDatabase(path)
      const leadhooks = await openLeadhooks(database)
      const [organizationId, type] = [organizationOf(0), eventTypeOf(0)]
      await leadhooks.webhooks.create({ organizationId, url: 'http://127.0.0.1:9999', eventTypes: [type] })
      const event = (n: number) => ({ organizationId, type, data: leadData(n) })
      const rate = await perSecond(times, () =>
        run({
          sync: (n) => void leadhooks.dispatchEventSync(event(n)),
          async: async (n) => void (await leadhooks.dispatchEvent(event(n))),
        }),
      )
      await leadhooks.close()
      database.close()
      return rate
    })

  const values = await interleave(rounds, {
    raw,
    sync: ours(({ sync }) => {
      for (let n = 0; n < times; n++) sync(n)
    }),
    oneCaller: ours(async ({ async }) => {
      for (let n = 0; n < times; n++) await async(n)
    }),
    manyCallers: ours(({ async }) => byCallers(callers, times, async)),
  })

  const comparison = {
    scenario: 'dispatch one event per call',
    unit: '/s',
    baseline: 'raw single-row insert',
    baselineValues: values.raw,
    atLeast: 0.5,
  }
  return [
    compare({ ...comparison, subject: 'dispatchEventSync', values: values.sync }),
    compare({ ...comparison, subject: 'dispatchEvent, 1 caller', values: values.oneCaller }),
    compare({ ...comparison, subject: `dispatchEvent, ${callers} callers`, values: values.manyCallers }),
  ]
}

interface Dispatches {
  sync: (n: number) => void
  async: (n: number) => Promise<void>
}
