import { type Leadhooks, createLeadhooks, isLeadhooksError } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { judge, sound } from '../src/judge.ts'
import { printCounts } from '../src/print-counts.ts'
import { sizeOf } from '../src/sizes.ts'
import { dispatch, newEvent, openStage, type Stage, untilDrained } from '../src/stage.ts'
import { byPort } from '../src/store.ts'
import { startTcpProxy, type TcpProxy } from '../src/tcp-proxy.ts'

const { events, cuts } = sizeOf('lostAnswer')

/** A host whose connections to the database all go through a proxy. */
async function openHost(): Promise<{ stage: Stage; proxy: TcpProxy; pool: Pool; leadhooks: Leadhooks }> {
  const stage = await openStage({ on: 'postgres', delivery: { leaseMs: 2000 } })
  const { place } = stage.store
  if (place.kind !== 'postgres') throw new Error('This is about Postgres')
  const proxy = await startTcpProxy(Number(new URL(place.url).port))
  const proxied = byPort(place, proxy.port)
  const pool = new Pool({ connectionString: 'url' in proxied ? proxied.url : '' })
  pool.on('error', () => {})
  const leadhooks = createLeadhooks({
    storage: postgresStorage({ pool }),
    encryptionKeys: [{ id: 'k1', key: stage.encryptionKey }],
  }) as Leadhooks
  onTestFinished(async () => {
    await leadhooks.close()
    await pool.end()
    await proxy.close()
  })
  return { stage, proxy, pool, leadhooks }
}

/** As a caller does who has an id for what it does: tries again until it knows. Answers how often it did not. */
async function untilKnown(work: () => Promise<unknown>): Promise<number> {
  for (let failures = 0; ; failures++) {
    try {
      await work()
      return failures
    } catch (error) {
      const isBroken = isLeadhooksError(error) ? error.code === 'storage_unavailable' : error instanceof Error
      if (!isBroken || failures === 10) throw error
    }
  }
}

/** Runs the work for each number, eight at a time. */
async function forEachNumber(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: 8 }, run))
}

/**
 * The connection is cut off after the server has committed a dispatch and before its answer has come back. The caller, who
 * cannot know, dispatches the event again by the same id.
 *
 * Pass: each event exists once, with one delivery to each webhook and one request.
 */
test('the answer to a dispatch is lost', { timeout: 120_000 }, async () => {
  const { stage, proxy, leadhooks } = await openHost()
  await stage.fleet.startMany(2)
  let retries = 0
  await forEachNumber(events, async (n) => {
    const event = newEvent(stage, n)
    if (n % (events / cuts) === 0) proxy.cutAnswersTo(`${event.id}"`)
    const failures = await untilKnown(async () => leadhooks.dispatchEvent(event))
    retries += failures
    stage.dispatched.add(event.id)
  })
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts('5 lost answer to a dispatch', { ...verdict, cuts: proxy.cuts, retries })
  expect(proxy.cuts).toBe(cuts)
  expect(retries).toBeGreaterThanOrEqual(cuts)
  expect(verdict).toMatchObject({ ...sound, events, requests: events, byStatus: { delivered: events } })
})

/**
 * The same for the COMMIT of a host's transaction, with a lead and its event in it.
 *
 * Pass: as many leads as events, each once.
 */
test('the answer to a COMMIT is lost', { timeout: 120_000 }, async () => {
  const { stage, proxy, pool, leadhooks } = await openHost()
  await stage.store.rows.run('create table leads (id text primary key)')
  await stage.fleet.startMany(2)
  let retries = 0
  await forEachNumber(events, async (n) => {
    const event = newEvent(stage, n)
    const marker = `lead ${n} is in`
    if (n % (events / cuts) === 0) proxy.cutAnswersTo(`commit -- ${marker};`)
    const failures = await untilKnown(async () => {
      const client = await pool.connect()
      // As any host must: what a connection says while it is taken is for whoever has taken it.
      client.once('error', () => {})
      try {
        await client.query('begin')
        await client.query('insert into leads values ($1) on conflict do nothing', [event.id])
        await leadhooks.dispatchEvent(event, { tx: client })
        await client.query(`commit -- ${marker};`)
        client.release()
      } catch (error) {
        client.release(true)
        throw error
      }
    })
    retries += failures
    stage.dispatched.add(event.id)
  })
  await untilDrained(stage)

  const verdict = await judge(stage)
  const leads = await stage.store.rows.run('select id from leads')
  printCounts('5 lost answer to a COMMIT', { ...verdict, leads: leads.length, cuts: proxy.cuts, retries })
  expect(proxy.cuts).toBe(cuts)
  expect(leads).toHaveLength(events)
  expect(verdict).toMatchObject({ ...sound, events, requests: events, byStatus: { delivered: events } })
})

/**
 * The same for the recording of results: the worker cannot know whether they were written.
 *
 * Pass: each delivery has one request and one attempt on record.
 */
test('the answer to the recording of results is lost', { timeout: 120_000 }, async () => {
  const { stage, proxy } = await openHost()
  await stage.endpoint.behave({ '*': { delayMs: [1, 20] } })
  await dispatch(stage, events)
  proxy.cutAnswersTo('succeeded', cuts)
  await stage.fleet.start({ place: byPort(stage.store.place, proxy.port) })
  await untilDrained(stage)

  const verdict = await judge(stage)
  printCounts('5 lost answer to results', { ...verdict, cuts: proxy.cuts })
  expect(proxy.cuts).toBeGreaterThan(0)
  expect(verdict).toMatchObject({
    ...sound,
    events,
    requests: events,
    byStatus: { delivered: events },
    byOutcome: { succeeded: events },
  })
})
