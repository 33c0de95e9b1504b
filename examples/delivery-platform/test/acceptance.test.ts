// Every request and capability that the description of this system lists: docs/requirements.md says which test shows which.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { fakeClock } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { company, openReceiver, registerTenant, startPlatform, type TestPlatform } from './start-platform.ts'

const event = {
  event_id: 'evt_123',
  event_type: 'user.created',
  payload: { user_id: 'user_456', email: 'user@example.com', created_at: '2024-01-01T00:00:00Z' },
}
const endpoint = {
  url: 'https://your-app.com/webhooks',
  event_types: ['user.created', 'order.completed'],
  is_active: true,
}

/** How the receivers of this system check a signature: the HMAC of the body, by the secret as it is shown. */
function isSigned(payload: Buffer, signature: string, secretKey: string): boolean {
  const expected = createHmac('sha256', secretKey).update(payload).digest('hex')
  return timingSafeEqual(Buffer.from(`sha256=${expected}`), Buffer.from(signature))
}

async function codeOf(
  answer: ReturnType<TestPlatform['send']>,
): Promise<[status: number, code: string | undefined]> {
  const { status, body } = await answer
  return [status, body.error?.code]
}

test('a tenant is registered once, with an API key, a secret key and a limit of its own', async () => {
  const platform = await startPlatform()
  const { status, body } = await platform.send('POST', '/api/v1/tenants', company)
  expect(status).toBe(201)
  expect(body).toMatchObject({ id: 1, ...company, api_key: expect.stringMatching(/^lh_live_/) })
  expect(String(body['secret_key'])).toMatch(/^whsec_/)
  expect(await codeOf(platform.send('POST', '/api/v1/tenants', company))).toEqual([409, 'duplicate_tenant'])

  const key = { 'x-api-key': String(body['api_key']) }
  const read = await platform.send('GET', '/api/v1/tenants/1', undefined, key)
  expect(read).toMatchObject({ status: 200, body: company })
  expect(JSON.stringify(read.body)).not.toMatch(/lh_live_|whsec_/)
})

test('an endpoint is configured by its tenant, and by nobody else', async () => {
  const platform = await startPlatform()
  const { send } = platform
  const [one, other] = [
    await registerTenant(platform),
    await registerTenant(platform, { email: 'b@example.com' }),
  ]
  const path = `/api/v1/tenants/${one.id}/endpoints`
  const created = await send('POST', path, endpoint, one.key)
  expect(created).toMatchObject({ status: 201, body: endpoint })
  expect((await send('GET', path, undefined, one.key)).body.data).toMatchObject([endpoint])
  const changed = await send('PATCH', `${path}/${created.body.id}`, { is_active: false }, one.key)
  expect(changed).toMatchObject({ status: 200, body: { ...endpoint, is_active: false } })

  // As it stands in the description, without a key: whoever it is could have a tenant's events sent to them.
  expect(await codeOf(send('POST', path, endpoint))).toEqual([401, 'api_key_missing'])
  expect(await codeOf(send('POST', path, endpoint, other.key))).toEqual([404, 'not_found'])
  expect(await codeOf(send('GET', path, undefined, other.key))).toEqual([404, 'not_found'])
  expect((await send('DELETE', `${path}/${created.body.id}`, undefined, one.key)).status).toBe(204)
  expect((await send('GET', path, undefined, one.key)).body.data).toEqual([])
})

test('with an admin token only the staff registers tenants, and looks after all of them', async () => {
  const { send } = await startPlatform({}, { adminToken: 'a token that only staff knows' })
  const staff = { authorization: 'Bearer a token that only staff knows' }
  expect(await codeOf(send('POST', '/api/v1/tenants', company))).toEqual([401, 'staff_only'])
  expect((await send('POST', '/api/v1/tenants', company, staff)).status).toBe(201)
  expect((await send('POST', '/api/v1/tenants/1/endpoints', endpoint, staff)).status).toBe(201)
  expect(await codeOf(send('POST', '/api/v1/tenants/2/endpoints', endpoint, staff))).toEqual([
    404,
    'not_found',
  ])
})

test('an event goes to the active endpoints of its tenant that take its type, signed, and counts once', async () => {
  const platform = await startPlatform()
  const { send } = platform
  const receiver = await openReceiver()
  const { id, key, secret } = await registerTenant(platform)
  const stranger = await registerTenant(platform, { email: 'b@example.com' })
  const routes = { named: ['user.created'], all: [], other: ['order.completed'] }
  for (const [name, event_types] of Object.entries(routes))
    await send(
      'POST',
      `/api/v1/tenants/${id}/endpoints`,
      { url: `${receiver.url}/${name}`, event_types },
      key,
    )
  const off = { url: `${receiver.url}/off`, is_active: false }
  await send('POST', `/api/v1/tenants/${id}/endpoints`, off, key)
  const theirs = { url: `${receiver.url}/theirs` }
  await send('POST', `/api/v1/tenants/${stranger.id}/endpoints`, theirs, stranger.key)
  platform.platform.leadhooks.startWorker()

  const published = await send('POST', '/api/v1/events', event, key)
  expect(published).toMatchObject({
    status: 202,
    body: { event_id: 'evt_123', status: 'accepted', deliveries: 2 },
  })
  const again = await send('POST', '/api/v1/events', event, key)
  expect(again).toMatchObject({
    status: 200,
    body: { event_id: 'evt_123', status: 'duplicate', deliveries: 0 },
  })
  // The same id of another tenant is another event.
  const another = await send('POST', '/api/v1/events', event, stranger.key)
  expect(another).toMatchObject({ status: 202, body: { status: 'accepted', deliveries: 1 } })

  const requests = await receiver.received(3)
  expect(requests.map(({ url }) => url).sort()).toEqual(['/all', '/named', '/theirs'])
  const request = requests.find(({ url }) => url === '/named')
  expect(
    isSigned(request?.body ?? Buffer.of(), String(request?.headers['x-webhook-signature']), secret),
  ).toBe(true)
  const verified = verifySignature({ payload: request?.body ?? '', headers: request?.headers ?? {}, secret })
  expect(verified).toMatchObject({ id: 'evt_123', event: 'user.created', data: event.payload })
  await expect
    .poll(async () => (await send('GET', '/api/v1/events/evt_123', undefined, key)).body['deliveries'])
    .toMatchObject([{ status: 'delivered' }, { status: 'delivered' }])
})

test('of ten publishers of the same event at once, one makes it', async () => {
  const platform = await startPlatform()
  const { key } = await registerTenant(platform)
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => platform.send('POST', '/api/v1/events', event, key)),
  )
  expect(answers.filter(({ body }) => body['status'] === 'accepted')).toHaveLength(1)
})

test('what fails seven times, 1 to 32 s apart, is in the dead-letter queue, and can be retried from there', async () => {
  const clock = fakeClock()
  const platform = await startPlatform({ clock })
  const { send } = platform
  let isBroken = true
  const receiver = await openReceiver({ respond: () => (isBroken ? 503 : 200) })
  const { id, key } = await registerTenant(platform)
  await send('POST', `/api/v1/tenants/${id}/endpoints`, { url: receiver.url }, key)
  platform.platform.leadhooks.startWorker()
  await send('POST', '/api/v1/events', event, key)

  const delivery = async (): Promise<unknown> => {
    // Results are written in batches, a moment later.
    await clock.advance(5)
    const { body } = await send('GET', '/api/v1/events/evt_123', undefined, key)
    return z.array(z.unknown()).parse(body['deliveries']).at(-1)
  }
  for (const [index, seconds] of [1, 2, 4, 8, 16, 32].entries()) {
    await expect.poll(async () => delivery()).toMatchObject({ status: 'retrying', attempts: index + 1 })
    await clock.advance(seconds * 1000)
  }
  await expect.poll(async () => delivery()).toMatchObject({ status: 'dead_letter', attempts: 7 })
  expect(receiver.requests).toHaveLength(7)

  const queue = async (): Promise<unknown[]> =>
    (await send('GET', '/api/v1/dlq', undefined, key)).body.data ?? []
  const letter = {
    event_id: 'evt_123',
    event_type: 'user.created',
    reason: 'exhausted',
    attempts: 7,
    last_status_code: 503,
  }
  expect(await queue()).toMatchObject([letter])
  expect(await platform.platform.metrics.metrics()).toMatch(/leadhooks_dead_letters 1/)

  isBroken = false
  const [{ id: letterId }] = z.tuple([z.looseObject({ id: z.string() })]).parse(await queue())
  const retried = await send('POST', `/api/v1/dlq/${letterId}/retry`, undefined, key)
  expect(retried).toMatchObject({ status: 202, body: { retry_of: letterId, status: 'pending' } })
  expect(await queue()).toEqual([])
  await expect
    .poll(async () => {
      await clock.advance(5)
      return receiver.requests.length
    })
    .toBeGreaterThan(7)
  const stranger = await registerTenant(platform, { email: 'b@example.com' })
  expect(await codeOf(send('POST', `/api/v1/dlq/${letterId}/retry`, undefined, stranger.key))).toEqual([
    404,
    'not_found',
  ])
  expect(await codeOf(send('POST', `/api/v1/dlq/${retried.body.id}/resolve`, undefined, key))).toEqual([
    409,
    'conflict',
  ])
})

test('a bucket holds as many events as the limit of its tenant, in all processes together', async () => {
  const one = await startPlatform()
  const { key } = await registerTenant(one, { rate_limit: 3 })
  const rich = await registerTenant(one, { email: 'b@example.com' })
  const publish = async (number: number, as = key) =>
    one.send('POST', '/api/v1/events', { ...event, event_id: `evt_${number}` }, as)
  // Reading takes nothing of it.
  for (let index = 0; index < 5; index++) await one.send('GET', '/api/v1/dlq', undefined, key)
  expect((await publish(1)).headers.get('x-ratelimit-limit')).toBe('3')
  await publish(2)
  await publish(3)
  const { status, headers } = await publish(4)
  expect(status).toBe(429)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(20)
  expect((await publish(5, rich.key)).status).toBe(202)
  expect((await one.send('GET', '/api/v1/events/evt_4', undefined, key)).status).toBe(404)
})

test('keys are rotated: the former one works for a day', async () => {
  const platform = await startPlatform()
  const { id, key } = await registerTenant(platform)
  const { body } = await platform.send('POST', `/api/v1/tenants/${id}/rotate-key`, undefined, key)
  for (const token of [key['x-api-key'], String(body['api_key'])])
    expect(
      (await platform.send('GET', `/api/v1/tenants/${id}`, undefined, { 'x-api-key': token })).status,
    ).toBe(200)
})

test('wrong input is answered with what is wrong, and changes nothing', async () => {
  const platform = await startPlatform()
  const { id, key } = await registerTenant(platform)
  const endpoints = `/api/v1/tenants/${id}/endpoints`
  const wrong = [
    ['/api/v1/tenants', { name: '', email: 'nobody' }, 400, 'invalid_request'],
    ['/api/v1/tenants', { ...company, email: 'c@example.com', rate_limit: 0 }, 400, 'invalid_request'],
    [endpoints, { url: 'nowhere' }, 400, 'url_not_allowed'],
    [endpoints, { ...endpoint, event_types: ['user created'] }, 400, 'invalid_request'],
    ['/api/v1/events', { ...event, event_id: 'evt 123' }, 400, 'invalid_request'],
    ['/api/v1/events', { ...event, payload: 'text' }, 400, 'invalid_request'],
    ['/api/v1/events', { ...event, payload: { text: 'a'.repeat(300_000) } }, 413, 'payload_too_large'],
    ['/api/v1/events', '{"event_id":', 400, 'invalid_request'],
    ['/api/v1/dlq/dlv_1/retry', undefined, 404, 'not_found'],
    ['/api/v1/nothing', {}, 404, 'not_found'],
  ] as const
  for (const [path, body, status, code] of wrong)
    expect([path, body, ...(await codeOf(platform.send('POST', path, body, key)))]).toEqual([
      path,
      body,
      status,
      code,
    ])
  expect((await platform.send('POST', '/api/v1/events', event)).status).toBe(401)
  const { data } = await platform.platform.leadhooks.events.list({ organizationId: String(id) })
  expect(data).toEqual([])
})

test('the API is well, describes itself, and shows the description', async () => {
  const { url, send } = await startPlatform()
  const health = await send('GET', '/health')
  expect(health).toMatchObject({ status: 200, body: { status: 'ready', checks: { 'rate-limiter': 'ok' } } })
  expect((await fetch(`${url}/docs`)).status).toBe(200)
  const { body } = await send('GET', '/docs/json')
  expect(Object.keys(z.record(z.string(), z.unknown()).parse(body['paths']))).toEqual(
    expect.arrayContaining([
      '/api/v1/tenants/',
      '/api/v1/tenants/{id}/endpoints',
      '/api/v1/events/',
      '/api/v1/dlq/{id}/retry',
    ]),
  )
})
