import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type DeliveryChange, type Leadhooks, memoryStorage } from '@leadhooks/core'
import { fakeClock, type FakeClock } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

interface Told {
  type: string
  id: string
  data: DeliveryChange & { reason: string }
}

/** Reads a stream to its end, in the background. */
function follow(stream: ReadableStream<Uint8Array>): {
  text: () => string
  told: () => Told[]
  end: () => Promise<void>
} {
  let text = ''
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += decoder.decode(value, { stream: true })
    }
  })()
  const told = (): Told[] =>
    text.split('\n\n').flatMap((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
      const data = field('data')
      return data === undefined
        ? []
        : [{ type: field('event') ?? '', id: field('id') ?? '', data: JSON.parse(data) as Told['data'] }]
    })
  return { text: () => text, told, end: async () => (await reader.cancel(), reading) }
}

const statusesOf = (told: Told[]): string[] =>
  told.filter(({ type }) => type === 'delivery').map(({ data }) => data.status)

async function deliver(clock: FakeClock, leadhooks: Leadhooks, owner = organizationId): Promise<void> {
  await leadhooks.dispatchEvent({ organizationId: owner, type: 'new_lead', data: { secret: 'hush' } })
  await letSettle(clock)
  for (let n = 0; n < 5; n++) await clock.advance(500)
}

test('what becomes of deliveries in one process is told to who follows in another, and to no other organization', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const options = { clock, storage, encryptionKeys }
  const api = await openLeadhooks(options)
  const sender = await openLeadhooks(options)
  const receiver = await openReceiver({ respond: [500, 200] })
  for (const owner of [organizationId, 'globex'])
    await api.leadhooks.webhooks.create({
      organizationId: owner,
      url: receiver.url,
      retry: { delaysMs: [1000] },
    })
  sender.leadhooks.startWorker()
  const own = follow(await api.leadhooks.deliveries.stream({ organizationId }))
  const other = follow(await api.leadhooks.deliveries.stream({ organizationId: 'globex' }))
  const delivered = follow(await api.leadhooks.deliveries.stream({ organizationId, status: 'delivered' }))
  await clock.advance(4000)
  expect(own.told().map(({ type }) => type)).toEqual(['ready'])
  await deliver(clock, sender.leadhooks)
  await whileTimePasses(clock, receiver.received(2))
  await letSettle(clock)
  await clock.advance(2000)
  expect(statusesOf(own.told())).toEqual(['retrying', 'delivered'])
  expect(own.told()[1]?.data).toMatchObject({
    eventType: 'new_lead',
    attempt: { number: 1, statusCode: 500 },
  })
  expect(own.text()).not.toContain('hush')
  expect(statusesOf(delivered.told())).toEqual(['delivered'])
  expect(statusesOf(other.told())).toEqual([])

  // By hand, in a process without a worker.
  const { data } = await api.leadhooks.deliveries.list({ organizationId })
  const replay = await api.leadhooks.deliveries.replay({ organizationId, id: data[0]?.id ?? '' })
  await clock.advance(200)
  expect(own.told().at(-1)).toMatchObject({ type: 'delivery', data: { id: replay.id, status: 'pending' } })

  // Comments keep the connection; in time it ends, so that who follows is checked anew.
  await clock.advance(15_000)
  expect(own.text()).toContain('\n: beat\n')
  for (let n = 0; n < 61; n++) await clock.advance(15_000)
  const before = own.text().length
  await deliver(clock, sender.leadhooks)
  expect(own.text().length).toBe(before)
  for (const one of [own, other, delivered]) await one.end()
})

test('who comes back is told what was missed; after too long, that something was', async () => {
  const clock = fakeClock()
  const { leadhooks } = await openLeadhooks({ clock, encryptionKeys })
  const receiver = await openReceiver()
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  const first = follow(await leadhooks.deliveries.stream({ organizationId }))
  await clock.advance(4000)
  await deliver(clock, leadhooks)
  const last = first.told().at(-1)?.id
  await first.end()
  for (let n = 0; n < 3; n++) await deliver(clock, leadhooks)
  const second = follow(await leadhooks.deliveries.stream({ organizationId, lastEventId: last }))
  await clock.advance(1)
  expect(statusesOf(second.told())).toHaveLength(3)
  await deliver(clock, leadhooks)
  expect(new Set(second.told().map(({ id }) => id)).size).toBeGreaterThanOrEqual(4)
  expect(statusesOf(second.told())).toHaveLength(4)
  await second.end()

  for (let n = 0; n < 11; n++) await clock.advance(60_000)
  const third = follow(await leadhooks.deliveries.stream({ organizationId, lastEventId: last }))
  await clock.advance(1)
  expect(third.told()[0]).toMatchObject({ type: 'reset', data: { reason: 'too_old' } })
  await third.end()
  for (const lastEventId of ['', 'evt_1', '12', '1-2-3', '-1-5', '1'.repeat(40)])
    await expect(leadhooks.deliveries.stream({ organizationId, lastEventId })).rejects.toMatchObject({
      code: 'invalid_request',
      issues: [{ pointer: '/lastEventId' }],
    })
  await expect(leadhooks.deliveries.stream({ organizationId, colour: 'red' } as never)).rejects.toMatchObject(
    {
      code: 'invalid_request',
    },
  )
})

test('who comes back while others are told something misses nothing, and is told nothing twice', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  let meanwhile: (() => Promise<void>) | undefined
  const readChanges: typeof storage.readChanges = async (query) => {
    const changes = await storage.readChanges(query)
    const happens = meanwhile
    meanwhile = undefined
    await happens?.()
    return changes
  }
  const { leadhooks } = await openLeadhooks({ clock, storage: { ...storage, readChanges }, encryptionKeys })
  const note = async (id: string): Promise<void> =>
    storage.noteChanges([{ organizationId, change: JSON.stringify({ id }) }], { now: new Date(clock.now()) })
  const other = follow(await leadhooks.deliveries.stream({ organizationId }))
  await clock.advance(4000)
  const last = other.told().at(-1)?.id
  await note('dlv_1')
  await clock.advance(1000)
  meanwhile = async () => {
    await note('dlv_2')
    await clock.advance(1000)
  }
  const back = follow(await leadhooks.deliveries.stream({ organizationId, lastEventId: last }))
  await note('dlv_3')
  await clock.advance(1000)
  const ids = (told: Told[]): string[] =>
    told.filter(({ type }) => type === 'delivery').map(({ data }) => data.id)
  expect(ids(other.told())).toEqual(['dlv_1', 'dlv_2', 'dlv_3'])
  expect(ids(back.told())).toEqual(['dlv_1', 'dlv_2', 'dlv_3'])
  await Promise.all([other.end(), back.end()])
})

test('streams that nobody comes back to after their longest time cost no look at the storage', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  let looks = 0
  const readChanges: typeof storage.readChanges = async (query) => (looks++, storage.readChanges(query))
  const { leadhooks } = await openLeadhooks({ clock, storage: { ...storage, readChanges }, encryptionKeys })
  const stream = follow(await leadhooks.deliveries.stream({ organizationId }))
  for (let n = 0; n < 17; n++) await clock.advance(60_000)
  looks = 0
  for (let n = 0; n < 3; n++) await clock.advance(60_000)
  expect(looks).toBe(0)
  const now = new Date(clock.now())
  await storage.watchChanges({ organizationIds: [organizationId], forMs: 60_000, now })
  await storage.noteChanges([{ organizationId, change: '{"id":"dlv_old"}' }], { now })
  const next = follow(await leadhooks.deliveries.stream({ organizationId }))
  await clock.advance(4000)
  expect(next.told().map(({ type }) => type)).toEqual(['ready'])
  await Promise.all([stream.end(), next.end()])
})

test('who reads slowly holds a bounded amount, and is told that something was missed', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const { leadhooks } = await openLeadhooks({ clock, storage, encryptionKeys })
  const stream = await leadhooks.deliveries.stream({ organizationId })
  const change = JSON.stringify({
    id: 'dlv_1',
    webhookId: 'whk_1',
    status: 'delivered',
    reason: 'x'.repeat(1000),
  })
  await storage.noteChanges(
    Array.from({ length: 900 }, () => ({ organizationId, change })),
    { now: new Date(clock.now()) },
  )
  await clock.advance(4000)
  const reader = follow(stream)
  await clock.advance(1000)
  const told = reader.told()
  expect(reader.text().length).toBeLessThan(70_000)
  expect(told.at(-1)).toMatchObject({ type: 'reset', data: { reason: 'too_slow' } })
  await reader.end()
})

test('thousands that come and go leave nothing behind, and cost no look at the storage while nobody is there', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const clock = fakeClock()
  const storage = memoryStorage()
  let looks = 0
  const readChanges: typeof storage.readChanges = async (query) => (looks++, storage.readChanges(query))
  const { leadhooks } = await openLeadhooks({ clock, storage: { ...storage, readChanges }, encryptionKeys })
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'read_only' })
  const connect = async (): Promise<Response> =>
    leadhooks.fetch(
      new Request('https://crm.example/deliveries/stream', { headers: { authorization: `Bearer ${token}` } }),
    )
  const comeAndGo = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await (await connect()).body?.cancel()
  }
  await comeAndGo(200)
  collect()
  const before = process.memoryUsage().heapUsed
  const times = Number(process.env['LIVE_STREAM_CONNECTS'] ?? 1000)
  await comeAndGo(times)
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000)
  await clock.advance(60_000)
  looks = 0
  await clock.advance(60_000)
  expect(looks).toBe(0)
  const many = await Promise.all(Array.from({ length: 100 }, connect))
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]))
  looks = 0
  for (let n = 0; n < 10; n++) await clock.advance(1000)
  expect(looks, 'One look a second for all of them').toBe(10)
  const streams = many.map(({ body }) => follow(body as ReadableStream<Uint8Array>))
  await leadhooks.close()
  // They have ended: this would wait for ever otherwise.
  for (const stream of streams) await stream.end()
})
