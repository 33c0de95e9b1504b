import { createLeadhooks, type LeadhooksOptions, memoryStorage } from '@leadhooks/core'
import { fakeClock, type FakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import {
  dispatch,
  type Harness,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
const dayMs = 86_400_000

/** Delivers one event of each organization, and lets a worker begin on another that fails for good. */
async function deliverSome(
  clock: FakeClock,
  { leadhooks, settledCount }: Harness,
  owners: readonly string[] = [organizationId],
): Promise<void> {
  const receiver = await openReceiver({ respond: (request) => (request.url === '/fail' ? 410 : 200) })
  for (const owner of owners) {
    await leadhooks.webhooks.create({ organizationId: owner, url: receiver.url })
    await leadhooks.dispatchEvent({ organizationId: owner, type: 'new_lead', data: {} })
    await leadhooks.webhooks.create({
      organizationId: owner,
      url: `${receiver.url}/fail`,
      eventTypes: ['fails'],
    })
    await leadhooks.dispatchEvent({ organizationId: owner, type: 'fails', data: {} })
  }
  const worker = leadhooks.startWorker()
  await whileTimePasses(clock, settledCount(3 * owners.length))
  await letSettle(clock)
  await worker.stop()
}

async function statuses({ leadhooks }: Harness, owner = organizationId): Promise<string[]> {
  const { data } = await leadhooks.deliveries.list({ organizationId: owner })
  return data.map(({ status }) => status).sort()
}

test('what is old goes by itself, once in a while and in one of all processes, and the audit log stays', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const options = { clock, storage, encryptionKeys }
  const one = await openLeadhooks(options)
  const other = await openLeadhooks(options)
  await deliverSome(clock, one)
  const audited = (await one.leadhooks.audit.list({ organizationId })).data
  expect(audited.length).toBeGreaterThan(0)
  expect(await statuses(one)).toEqual(['dead_letter', 'delivered', 'delivered'])

  await clock.advance(90 * dayMs)
  const workers = [one.leadhooks.startWorker(), other.leadhooks.startWorker()]
  await clock.advance(62_000)
  expect(await statuses(one)).toEqual([])
  expect((await one.leadhooks.events.list({ organizationId })).data).toEqual([])
  expect((await one.leadhooks.audit.list({ organizationId })).data).toEqual(audited)
  expect(await one.leadhooks.audit.verify({ organizationId })).toMatchObject({ ok: true })
  const runs = () =>
    [...one.observed, ...other.observed].filter((observed) => observed.type === 'maintenance.finished')
  expect(runs()).toMatchObject([
    { outcome: 'done', removed: { deliveries: 3, attempts: 3, events: 2, apiKeys: 0 } },
  ])
  for (let n = 0; n < 10; n++) await clock.advance(60_000)
  expect(runs()).toHaveLength(1)
  for (const worker of workers) await worker.stop()
  await clock.advance(6 * 3_600_000)
  other.leadhooks.startWorker()
  await clock.advance(62_000)
  expect(runs()).toHaveLength(2)
  await letSettle(clock)
})

test('each status is kept as long as it says, and an organization says otherwise for itself', async () => {
  const clock = fakeClock()
  const retention = { days: 60, deliveredDays: 30, deadLetterDays: 180 }
  const harness = await openLeadhooks({ clock, encryptionKeys, retention })
  const { organizations, maintenance } = harness.leadhooks
  await organizations.upsert({ id: 'globex', retention: { days: false, deliveredDays: 10 } })
  await organizations.upsert({ id: 'initech', retention: { days: false } })
  const owners = [organizationId, 'globex', 'initech']
  await deliverSome(clock, harness, owners)
  const left = async (days: number): Promise<string[][]> => {
    await clock.advance(days * dayMs)
    expect((await maintenance.run()).outcome).toBe('done')
    return Promise.all(owners.map(async (owner) => statuses(harness, owner)))
  }
  const all = ['dead_letter', 'delivered', 'delivered']
  const dead = ['dead_letter']
  expect(await left(9)).toEqual([all, all, all])
  expect(await left(2)).toEqual([all, dead, all])
  expect(await left(20)).toEqual([dead, dead, all])
  const { data } = await harness.leadhooks.events.list({ organizationId })
  expect(
    data.map(({ type }) => type),
    'A dead letter keeps its event',
  ).toEqual(['fails'])
  expect(await left(150)).toEqual([[], dead, all])
  expect(await left(3650)).toEqual([[], dead, all])
})

test('a run is told of, can be broken off, and goes on where it was', async () => {
  const clock = fakeClock()
  const harness = await openLeadhooks({ clock, encryptionKeys })
  const { maintenance } = harness.leadhooks
  await deliverSome(clock, harness)
  await clock.advance(91 * dayMs)
  const abort = new AbortController()
  const onProgress = ({ deliveries }: { deliveries: number }): void => {
    if (deliveries === 1) abort.abort()
  }
  const first = maintenance.run({ batchSize: 1, signal: abort.signal, onProgress })
  expect(await maintenance.run()).toMatchObject({ outcome: 'busy', removed: { deliveries: 0 } })
  expect(await first).toMatchObject({ outcome: 'aborted', removed: { deliveries: 1, attempts: 1 } })
  expect(await maintenance.run()).toMatchObject({ outcome: 'done', removed: { deliveries: 2, events: 2 } })
  expect(await statuses(harness)).toEqual([])
  const closing = maintenance.run({ batchSize: 1, onProgress: () => void harness.leadhooks.close() })
  expect(await closing).toMatchObject({ outcome: 'aborted' })
})

test('ended keys are unknown after their time, and keys that work stay', async () => {
  const clock = fakeClock()
  const { leadhooks } = await openLeadhooks({ clock, encryptionKeys, retention: { endedApiKeyDays: 30 } })
  const { apiKeys } = leadhooks
  const works = await apiKeys.create({ organizationId, name: 'works', role: 'read_only' })
  const ends = await apiKeys.create({ organizationId, name: 'ends', role: 'read_only' })
  await apiKeys.revoke({ organizationId, id: ends.apiKey.id })
  await dispatch(leadhooks)
  const reasonAfter = async (days: number) => {
    await clock.advance(days * dayMs)
    await leadhooks.maintenance.run()
    const verified = await apiKeys.verify(ends.token)
    return verified.ok ? null : verified.reason
  }
  expect(await reasonAfter(30)).toBe('revoked')
  expect(await reasonAfter(1)).toBe('unknown')
  expect(await apiKeys.verify(works.token)).toMatchObject({ ok: true })
})

test('a retention that is none is refused, and nothing is removed by it', async () => {
  const storage = memoryStorage()
  for (const [retention, named] of [
    [{ days: 0 }, '/retention/days'],
    [{ days: '30' }, '/retention/days'],
    [{ deliveredDays: 1.5 }, '/retention/deliveredDays'],
    [{ deadLetterDays: true }, '/retention/deadLetterDays'],
    [{ cancelledDays: 40_000 }, '/retention/cancelledDays'],
    [{ intervalMs: 10 }, '/retention/intervalMs'],
    [{ auditDays: 5 }, '/retention/auditDays'],
    [90, '/retention'],
  ] as const) {
    const options = { storage, encryptionKeys, retention } as unknown as LeadhooksOptions
    expect(() => createLeadhooks(options), named).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        issues: [expect.objectContaining({ pointer: named })],
      }),
    )
  }
  const { leadhooks } = await openLeadhooks({ storage })
  const own = { id: organizationId, retention: { deliveredDays: -1 } }
  await expect(leadhooks.organizations.upsert(own)).rejects.toMatchObject({
    code: 'invalid_request',
    issues: [
      { pointer: '/retention/deliveredDays', message: 'Must be at least 1 day; false keeps it for ever' },
    ],
  })
  await expect(leadhooks.organizations.get({ id: organizationId })).rejects.toMatchObject({
    code: 'not_found',
  })
  for (const options of [{ batchSize: 0 }, { signal: 'stop' }, { onProgress: 1 }, { days: 1 }])
    await expect(leadhooks.maintenance.run(options as never)).rejects.toMatchObject({
      code: 'invalid_request',
    })
})
