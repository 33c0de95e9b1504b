import type { SuiteOptions } from '../suite-options.ts'
import { compare, type Result } from '../results.ts'
import { interleave, perSecond } from '../rounds.ts'
import { type Receiver, startReceiver } from '../start-receiver.ts'
import { createWebhooks, deliveryCounter, dispatchLeads } from './fill.ts'
import { openDatabase, openLeadhooks } from './open.ts'
import { fillRawJobs, runRawLoop } from './raw-loop.ts'
import { withTemporaryFile } from './temporary-file.ts'

/** From a full queue to the last result on disk, beside a batched loop as a team would write it by hand. */
export async function deliveryScenario({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const count = quick ? 1000 : 10_000
  const receiver = await startReceiver()
  const values = await interleave(rounds, {
    raw: () => drainRaw(receiver, count),
    ours: () => drainOurs(receiver, count),
  })
  receiver.stop()
  return [
    compare({
      scenario: `deliver ${count} events, 10 webhooks`,
      unit: '/s',
      subject: 'Leadhooks worker',
      values: values.ours,
      baseline: 'raw batched loop',
      baselineValues: values.raw,
      atLeast: 0.8,
    }),
  ]
}

async function drainRaw(receiver: Receiver, count: number): Promise<number> {
  return withTemporaryFile(async (path) => {
    const database = openDatabase(path)
    fillRawJobs(database, receiver.url, count)
    const before = await receiver.received()
    const rate = await perSecond(count, () => runRawLoop(database))
    await expectReceived(receiver, before + count)
    database.close()
    return rate
  })
}

async function drainOurs(receiver: Receiver, count: number): Promise<number> {
  return withTemporaryFile(async (path) => {
    const database = openDatabase(path)
    const counter = deliveryCounter()
    const leadhooks = await openLeadhooks(database, {
      observe: ({ type }) => type === 'delivery.settled' && counter.count(),
    })
    await createWebhooks(leadhooks, receiver.url)
    await dispatchLeads(leadhooks, count)
    const before = await receiver.received()
    const rate = await perSecond(count, async () => {
      leadhooks.startWorker()
      await counter.until(count)
    })
    await expectReceived(receiver, before + count)
    await leadhooks.close()
    database.close()
    return rate
  })
}

async function expectReceived(receiver: Receiver, expected: number): Promise<void> {
  const received = await receiver.received()
  if (received !== expected)
    throw new Error(`The receiver counted ${received} requests where ${expected} were sent`)
}
