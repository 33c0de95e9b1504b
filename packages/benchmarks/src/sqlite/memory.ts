import type { SuiteOptions } from '../main.ts'
import type { Result } from '../results.ts'
import { startReceiver } from '../start-receiver.ts'
import { createWebhooks, deliveryCounter, dispatchLeads } from './fill.ts'
import { openDatabase, openLeadhooks } from './open.ts'
import { withTemporaryFile } from './temporary-file.ts'

const mebibyte = 1024 * 1024
const mostGrowth = 32

/** What the process grows by between the 10,000th and the 100,000th delivery. */
export async function memoryScenario({ quick }: SuiteOptions): Promise<Result[]> {
  const [first, last] = quick ? [1000, 5000] : [10_000, 100_000]
  const receiver = await startReceiver()
  const growth = await withTemporaryFile(async (path) => {
    const database = openDatabase(path)
    const counter = deliveryCounter()
    const leadhooks = await openLeadhooks(database, ({ type }) => type === 'delivery.settled' && counter.count())
    await createWebhooks(leadhooks, receiver.url)
    leadhooks.startWorker()
    let before = 0
    for (let dispatched = 0; dispatched < last; dispatched += first) {
      await dispatchLeads(leadhooks, first)
      await counter.until(dispatched + first)
      if (dispatched === 0) before = residentMemory()
    }
    const grown = residentMemory() - before
    await leadhooks.close()
    database.close()
    return grown / mebibyte
  })
  receiver.stop()
  return [
    {
      scenario: `memory from delivery ${first} to ${last}`,
      subject: 'Leadhooks worker',
      value: growth,
      unit: 'MiB',
      baseline: null,
      baselineValue: null,
      ratio: null,
      target: `<= ${mostGrowth} MiB`,
      isMet: growth <= mostGrowth,
    },
  ]
}

function residentMemory(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}
