import { isLeadhooksError } from '@leadhooks/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiError, createLeadhooksClient, isApiError, type LeadhooksClient } from '../src/index.ts'
import { type ApiHost, serve, startApiHost } from './api-host.ts'

let host: ApiHost
let client: LeadhooksClient

beforeAll(async () => {
  host = await startApiHost()
  client = createLeadhooksClient({ baseUrl: host.baseUrl, apiKey: host.apiKey })
})
afterAll(() => host.close())

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => new Error('It did not fail'),
    (error: unknown) => error,
  )
  if (!isApiError(error)) throw error
  return error
}

describe('the resources', () => {
  test('a webhook is registered, changed, tested, rotated and removed', async () => {
    const { id, secret } = await client.webhooks.create({ url: host.receiver.url, eventTypes: ['new_lead'] })
    expect(secret).toMatch(/^whsec_/)
    expect(await client.webhooks.update(id, { name: 'Leads' })).toMatchObject({ id, name: 'Leads' })
    expect(await client.webhooks.replace(id, { url: host.receiver.url })).toMatchObject({ name: null })
    expect(await client.webhooks.test(id)).toMatchObject({ outcome: 'succeeded' })
    const rotated = await client.webhooks.rotateSecret(id, { graceSeconds: 60 })
    expect(await client.webhooks.revealSecret(id)).toEqual({ secret: rotated.secret })
    expect(await client.webhooks.disable(id)).toMatchObject({ enabled: false, disabledReason: 'by_user' })
    expect(await client.webhooks.enable(id, { resume: 'none' })).toMatchObject({ enabled: true })
    expect(await client.webhooks.health(id)).toMatchObject({ consecutiveFailures: 0 })
    expect(await client.webhooks.delete(id)).toBeUndefined()
    expect(await failureOf(client.webhooks.get(id))).toMatchObject({ code: 'not_found', status: 404 })
  })

  test('an API key is made, used, rotated and revoked', async () => {
    const { id, token } = await client.apiKeys.create({ name: 'Reader', role: 'read_only' })
    const reader = createLeadhooksClient({ baseUrl: host.baseUrl, apiKey: () => Promise.resolve(token) })
    await reader.events.types()
    const refused = await failureOf(reader.webhooks.create({ url: host.receiver.url }))
    expect(refused).toMatchObject({ code: 'forbidden', status: 403 })
    const rotated = await client.apiKeys.rotate(id)
    expect(rotated.token).not.toBe(token)
    expect(rotated.graceEndsAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(await client.apiKeys.usage(id, { interval: 'hour' })).toMatchObject({ interval: 'hour' })
    expect(await client.apiKeys.revoke(id, { reason: 'left' })).toMatchObject({ revokedReason: 'left' })
    expect(await failureOf(reader.events.list())).toMatchObject({ code: 'api_key_revoked', status: 401 })
  })

  test('an event is dispatched, delivered and replayed', async () => {
    const { id: webhookId } = await client.webhooks.create({ url: host.receiver.url })
    const event = await client.events.dispatch({ type: 'new_lead', data: { id: 'lead_7' } })
    expect(event).toMatchObject({ deliveries: 1, duplicate: false })
    const { data } = await client.deliveries.list({ webhookId, eventId: event.id })
    const [delivery] = data
    expect(delivery).toMatchObject({ status: 'pending', eventType: 'new_lead' })
    await client.deliveries.cancel(delivery?.id ?? '')
    const replay = await client.deliveries.replay(delivery?.id ?? '')
    expect(await client.deliveries.get(replay.id)).toMatchObject({ replayOf: delivery?.id, attemptLog: [] })
    await client.webhooks.delete(webhookId)
  })

  test('a POST of the same idempotency key is done once', async () => {
    const start = () =>
      client.deliveries.replayMany({ status: 'cancelled' }, { idempotencyKey: 'monday-morning' })
    const [one, other] = [await start(), await start()]
    expect(one.replay?.id).toMatch(/./)
    expect(other.replay?.id).toBe(one.replay?.id)
  })

  test('ids go into paths as they are', async () => {
    expect(await failureOf(client.webhooks.get('../keys?limit=1'))).toMatchObject({
      code: 'not_found',
      message: 'No webhook "../keys?limit=1" in this organization',
    })
    const before = host.seen.length
    for (const id of ['', '.', '..']) await expect(client.webhooks.get(id)).rejects.toThrow(TypeError)
    expect(host.seen.length).toBe(before)
  })
})

describe('lists', () => {
  const names = Array.from({ length: 7 }, (_, i) => `Listed ${i}`)

  beforeAll(async () => {
    for (const name of names) await client.apiKeys.create({ name, tags: ['listed'] })
  })

  test('awaited, a list is its first page', async () => {
    const page = await client.apiKeys.list({ tag: 'listed', limit: 3 })
    expect(page.data).toHaveLength(3)
    const next = await client.apiKeys.list({ tag: 'listed', limit: 3, cursor: page.nextCursor ?? '' })
    expect(next.data).toHaveLength(3)
    expect(next.data[0]?.id).not.toBe(page.data[0]?.id)
  })

  test('iterated over, it is every row, once', async () => {
    const seen: string[] = []
    for await (const { name } of client.apiKeys.list({ tag: 'listed', limit: 2 })) seen.push(name)
    expect(seen.sort()).toEqual(names)
  })

  test('its pages can be gone through too, and left', async () => {
    const sizes: number[] = []
    for await (const { data } of client.apiKeys.list({ tag: 'listed', limit: 3 }).pages())
      sizes.push(data.length)
    expect(sizes).toEqual([3, 3, 1])
    const before = host.seen.length
    for await (const key of client.apiKeys.list({ tag: 'listed', limit: 2 })) if (key) break
    expect(host.seen.length - before).toBe(1)
  })
})

describe('errors', () => {
  test('a problem is an error with its code, and with what is wrong where', async () => {
    const error = await failureOf(client.webhooks.create({ url: 'nowhere', timeoutMs: -1 }))
    expect(error).toMatchObject({ name: 'ApiError', code: 'invalid_request', status: 400 })
    expect(error.issues).toContainEqual(expect.objectContaining({ pointer: '/timeoutMs' }))
    expect(isLeadhooksError(error)).toBe(false)
  })

  test('what is no answer of the API is told from one that is', async () => {
    const page = await serve((_, outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
    )
    const proxy = await serve((_, outgoing) => outgoing.writeHead(502, { 'retry-after': '7' }).end('Bad'))
    const at = (baseUrl: string): Promise<ApiError> =>
      failureOf(createLeadhooksClient({ baseUrl }).organization.get())
    expect(await at(page.origin)).toMatchObject({ code: 'unexpected_answer', status: 200 })
    expect(await at(proxy.origin)).toMatchObject({
      code: 'unexpected_answer',
      status: 502,
      retryAfterMs: 7000,
    })
    await page.close()
    await proxy.close()
    const gone = await at(page.origin)
    expect(gone).toMatchObject({ code: 'network_error', status: 0 })
    expect(gone.cause).toBeInstanceOf(TypeError)
  })

  test('an aborted request rejects with the reason of its signal', async () => {
    const silent = await serve(() => {})
    const controller = new AbortController()
    const call = createLeadhooksClient({ baseUrl: silent.origin }).about({ signal: controller.signal })
    controller.abort(new Error('Enough'))
    await expect(call).rejects.toThrow('Enough')
    await silent.close()
  })
})

describe('who is calling', () => {
  const session = { cookie: 'sid=jane' }
  let app: ApiHost

  beforeAll(async () => {
    app = await startApiHost({
      authorize: ({ headers }) => {
        const cookie = headers.get('cookie')
        if (cookie === 'sid=jane') return { actor: 'jane', organizationId: 'acme' }
        return cookie === 'sid=staff' ? { actor: 'sam', organizationId: '*' } : null
      },
    })
  })
  afterAll(() => app.close())

  test('a signed-in user needs no key: the session goes along', async () => {
    // What a browser adds by itself, of cookies and of where the page is from.
    const browser = { ...session, origin: app.origin }
    const user = createLeadhooksClient({ baseUrl: `${app.baseUrl}/`, headers: () => browser })
    await user.organization.update({ name: 'Acme' })
    expect(await user.organization.get()).toMatchObject({ id: 'acme', name: 'Acme' })
    expect(app.seen.at(-1)).not.toHaveProperty('authorization')
    const { data } = await user.auditLog.list({ limit: 1 })
    expect(data[0]?.actor).toMatchObject({ type: 'user', id: 'jane' })
  })

  test('staff name the organization that is meant', async () => {
    const headers = { cookie: 'sid=staff', origin: app.origin }
    const staff = createLeadhooksClient({ baseUrl: app.baseUrl, headers, organizationId: 'globex' })
    await staff.organizations.upsert({ id: 'globex', name: 'Globex' })
    expect(await staff.organization.get()).toMatchObject({ id: 'globex' })
    const nobody = createLeadhooksClient({ baseUrl: app.baseUrl, headers })
    expect(await failureOf(nobody.organization.get())).toMatchObject({ code: 'invalid_request' })
  })
})
