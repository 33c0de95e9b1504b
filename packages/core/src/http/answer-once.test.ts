import { setImmediate } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type ApiUnderTest, createApi, type RequestParts } from './api-under-test.ts'
import { takesKey } from './answer-once.ts'
import { routes } from './routes.ts'

const dayMs = 24 * 3_600_000
const once = { 'idempotency-key': 'once' }
const lead = { type: 'new_lead', data: { id: 'lead_of_ada' } }
const url = 'https://example.com/hooks'

let api: ApiUnderTest
beforeEach(async () => {
  api = await createApi()
})

/** Sends something with the key `once`. */
async function post(path: string, body?: unknown, parts: RequestParts = {}): Promise<Answer> {
  return api.request('POST', path, { headers: once, body, ...parts })
}

/** The path of a delivery to a new webhook. */
async function deliver(): Promise<string> {
  await api.leadhooks.webhooks.create({ organizationId: 'acme', url })
  await api.leadhooks.dispatchEvent({ organizationId: 'acme', ...lead })
  return `/deliveries/${[...api.state.deliveries.keys()].at(-1)}`
}

/** What is in the database, of requests with keys. */
function kept(): string {
  return JSON.stringify([...api.state.requests.values()])
}

describe('a POST with an Idempotency-Key', () => {
  test('is done once, and answered alike each time', async () => {
    const path = `${await deliver()}/replay`
    const [first, second] = [await post(path), await post(path)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body).toEqual(first.body)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(api.state.deliveries.size).toBe(2)
  })

  test('is done once by ten at once', async () => {
    const path = `${await deliver()}/replay`
    const asked = Promise.all(Array.from({ length: 10 }, async () => post(path)))
    await api.clock.advance(100)
    const answers = await asked
    expect(new Set(answers.map(({ body }) => body?.['id'])).size).toBe(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(api.state.deliveries.size).toBe(2)
  })

  test('is done for each key, and each time without one', async () => {
    const path = `${await deliver()}/replay`
    await post(path)
    await post(path, undefined, { headers: { 'idempotency-key': 'twice' } })
    await post(path, undefined, { headers: {} })
    await post(path, undefined, { headers: {} })
    expect(api.state.deliveries.size).toBe(5)
  })

  test('is done again after a day', async () => {
    const path = `${await deliver()}/replay`
    await post(path)
    await api.clock.advance(dayMs - 1)
    await post(path)
    expect(api.state.deliveries.size).toBe(2)
    await api.clock.advance(1)
    await post(path)
    expect(api.state.deliveries.size).toBe(3)
  })

  test('conflicts with another one of that key: of other content, for something else, or by somebody else', async () => {
    const key = await api.createKey({ role: 'read_write' })
    const [one, other] = [await deliver(), await deliver()]
    await post('/event-types', { name: 'deal.won', schema: {} })
    await post(`${one}/replay`)
    const refused = [
      await post('/event-types', { name: 'deal.lost', schema: {} }),
      await post(`${other}/replay`),
      await post(`${one}/replay`, undefined, { key }),
    ]
    expect(refused.map(({ status, body }) => [status, body?.['code']])).toEqual(
      Array.from({ length: 3 }, () => [409, 'conflict']),
    )
    expect(refused[0]?.body?.['detail']).toContain('POST /event-types')
    expect(api.state.eventTypes.size).toBe(1)
  })

  test('is another one in another organization', async () => {
    const key = await api.createKey({ role: 'admin', organizationId: 'globex' })
    const body = { name: 'deal.won', schema: {} }
    expect((await post('/event-types', body)).status).toBe(201)
    expect((await post('/event-types', body, { key })).status).toBe(201)
    expect(api.state.eventTypes.size).toBe(2)
  })

  test('that failed is tried again', async () => {
    const path = `${await deliver()}/resolve`
    expect((await post(path)).status).toBe(409)
    for (const delivery of api.state.deliveries.values()) delivery.status = 'dead_letter'
    expect((await post(path)).status).toBe(200)
  })

  test('waits for the first one of that key, for ten seconds', async () => {
    const path = `${await deliver()}/replay`
    const right = { ...api.storage }
    let go = (): void => {}
    api.storage.replayDelivery = async (delivery) => {
      await new Promise<void>((resolve) => (go = resolve))
      return right.replayDelivery(delivery)
    }
    const first = post(path)
    const second = post(path)
    await api.clock.advance(10_000)
    expect(await second).toMatchObject({ status: 409, body: { code: 'conflict' } })
    const third = post(path)
    await setImmediate()
    go()
    await setImmediate()
    await api.clock.advance(50)
    expect((await third).body).toEqual((await first).body)
    expect(api.state.deliveries.size).toBe(2)
  })

  test('is done again a minute after whoever did it has vanished', async () => {
    const path = `${await deliver()}/replay`
    const right = { ...api.storage }
    api.storage.replayDelivery = async () => new Promise(() => {})
    void post(path)
    await api.clock.advance(60_000)
    Object.assign(api.storage, right)
    expect((await post(path)).status).toBe(201)
  })

  test('is answered though its answer could not be kept', async () => {
    const path = `${await deliver()}/replay`
    api.storage.answerRequest = async () => Promise.reject(new Error('gone'))
    expect((await post(path)).status).toBe(201)
  })

  test.each(['', 'x'.repeat(256)])('is refused where that is none: %j', async (key) => {
    const headers = { 'idempotency-key': key }
    const { status, body } = await post('/event-types', { name: 'deal.won', schema: {} }, { headers })
    expect([status, body?.['code']]).toEqual([400, 'invalid_request'])
    expect(api.state.eventTypes.size).toBe(0)
  })
})

describe('nothing secret is kept', () => {
  test('of an API key: who asks again is told which one was made', async () => {
    const made = await post('/keys', { name: 'Zapier', role: 'read_only' })
    const { id, token } = made.body ?? {}
    const again = await post('/keys', { name: 'Zapier', role: 'read_only' })
    expect([again.status, again.body?.['code']]).toEqual([409, 'conflict'])
    expect(again.body?.['detail']).toContain(String(id))
    const rotated = await post(`/keys/${String(id)}/rotate`, {})
    expect((await post(`/keys/${String(id)}/rotate`, {})).status).toBe(409)
    for (const secret of [token, rotated.body?.['token']]) {
      expect(secret).toMatch(/^lh_live_/)
      expect(kept()).not.toContain(String(secret))
    }
    expect(api.state.apiKeys.size).toBe(2)
  })

  test('of a webhook', async () => {
    const made = await post('/webhooks', { url })
    const { id, secret } = made.body ?? {}
    const again = await post('/webhooks', { url })
    expect([again.status, again.body?.['detail']]).toEqual([409, expect.stringContaining(String(id))])
    const path = `/webhooks/${String(id)}/rotate-secret`
    const rotated = await post(path, {})
    expect((await post(path, {})).status).toBe(409)
    for (const one of [secret, rotated.body?.['secret']]) {
      expect(one).toMatch(/^whsec_/)
      expect(kept()).not.toContain(String(one))
    }
    const revealed = await post(`/webhooks/${String(id)}/reveal-secret`)
    expect(revealed.body).toEqual({ secret: rotated.body?.['secret'] })
    expect(kept()).not.toContain(String(rotated.body?.['secret']))
    expect(api.state.webhooks.size).toBe(1)
  })

  test('of an event: what was removed of it is removed here too', async () => {
    const [first, second] = [await post('/events', lead), await post('/events', lead)]
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body).toEqual(first.body)
    expect(api.state.events.size).toBe(1)
    expect(kept()).not.toContain('lead_of_ada')
    const id = String(first.body?.['id'])
    await api.leadhooks.events.redact({ organizationId: 'acme', id })
    expect((await post('/events', lead)).body).toMatchObject({ id, data: null, redacted: true })

    const events = { events: [lead, lead] }
    const many = await post('/events/batch', events)
    expect((await post('/events/batch', events)).body).toEqual(many.body)
    expect(api.state.events.size).toBe(3)
  })
})

test('what requests were answered is forgotten when its time is over', async () => {
  await post('/event-types', { name: 'deal.won', schema: {} })
  await api.clock.advance(dayMs - 120_000)
  const worker = api.leadhooks.startWorker()
  await api.clock.advance(60_000)
  expect(api.state.requests.size).toBe(1)
  await api.clock.advance(120_000)
  expect(api.state.requests.size).toBe(0)
  await worker.stop({ timeoutMs: 0 })
})

test('all POSTs take a key, but for those that make nothing', () => {
  const without = routes.filter((route) => route.method === 'POST' && !takesKey(route))
  expect(without.map(({ path }) => path)).toEqual([
    '/webhooks/{id}/test',
    '/webhooks/{id}/verify',
    '/webhooks/{id}/reveal-secret',
  ])
})
