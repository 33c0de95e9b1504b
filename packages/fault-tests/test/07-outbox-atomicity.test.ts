import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startHost } from '../src/host-handle.ts'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { sizeOf } from '../src/sizes.ts'
import { openStage, type Stage, untilDrained } from '../src/stage.ts'

const { transactions, kills } = sizeOf('outbox')

/**
 * A host inserts leads, and emits the event of each in the same transaction; three of ten are rolled back, and the host is
 * killed (kill -9) again and again in the middle. Two workers drain meanwhile.
 *
 * Pass: the events are exactly those of the leads that were committed, and the requests those of the events: none for a lead
 * that was rolled back.
 */
test.each(['postgres', 'sqlite'] as const)('outbox atomicity on %s', { timeout: 300_000 }, async (kind) => {
  const stage = await openStage({ on: kind, delivery: { leaseMs: 5000 } })
  const { rows } = stage.store
  await rows.run('create table leads (id text primary key)')
  await stage.fleet.startMany(2)

  const share = Math.ceil(transactions / (kills + 1))
  for (let n = 0; n < kills; n++) {
    const host = await startHost(stage, { name: `run${n}`, transactions: 10 * share })
    const before = await countLeads(stage)
    // It is killed in the middle of a transaction, wherever that is.
    while ((await countLeads(stage)) < before + share / 2) await sleep(5)
    await sleep(Math.random() * 20)
    host.kill('SIGKILL')
    await once(host, 'exit')
  }
  const last = await startHost(stage, { name: 'last', transactions: share })
  const [code] = (await once(last, 'exit')) as [number | null]
  await untilDrained(stage)

  const leads = (await rows.run('select id from leads')).map(({ id }) => String(id))
  for (const id of leads) stage.dispatched.add(id)
  const verdict = await judge(stage)
  printCounts(`7 outbox atomicity, ${kind}`, { ...verdict, kills, leads: leads.length })
  expect(code).toBe(0)
  expect((await rows.eventIds()).sort()).toEqual(leads.sort())
  expect(verdict).toMatchObject({
    ...sound,
    extra: 0,
    requests: leads.length,
    byStatus: { delivered: leads.length },
  })
  expect(await stage.fleet.crashes()).toEqual([])
})

async function countLeads({ store: { rows } }: Stage): Promise<number> {
  return Number((await rows.run('select count(*) as count from leads'))[0]?.['count'])
}
