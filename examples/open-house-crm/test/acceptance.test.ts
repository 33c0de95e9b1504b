// Every request and capability that the description of this system lists: docs/requirements.md says which test shows which.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fakeClock } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { testRedis } from '@leadhooks/test-services/vitest'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { revokeExpiredKeys } from '../src/revoke-expired-keys.ts'
import { openReceiver, row, signIn, startCrm, type TestCrm } from './start-crm.ts'

const rows = z.array(row)
const url = 'https://example.com'
const john = { name: 'John Doe', email: 'john@example.com' }

async function makeKey({ send }: TestCrm, settings: object = {}): Promise<{ id: string; token: string }> {
  const { row } = await send('POST', '/api/api-keys', { name: 'My API Key', permissions: ['*'], ...settings })
  return z.object({ id: z.string(), token: z.string() }).parse(row)
}

describe('webhooks', () => {
  test('are made, listed, read, changed, tested and deleted, by the names that they have here', async () => {
    const { send } = await startCrm()
    const receiver = await openReceiver()
    const webhook = {
      name: 'My Webhook',
      url: `${receiver.url}/webhook`,
      events: ['contact.created', 'contact.updated'],
      description: 'Webhook for contact events',
      isActive: true,
    }
    const created = await send('POST', '/api/webhooks', webhook)
    expect(created).toMatchObject({ status: 201, body: { success: true, data: webhook } })
    expect(created.row['secret']).toMatch(/^whsec_/)
    const path = `/api/webhooks/${created.row.id}`
    const listed = await send('GET', '/api/webhooks')
    expect(listed).toMatchObject({ status: 200, body: { data: [webhook] } })
    // Shown when it was made, and not again.
    expect(JSON.stringify(listed.body)).not.toContain('whsec_')
    expect((await send('GET', path)).body.data).toMatchObject(webhook)

    const tested = await send('POST', `${path}/test`, { eventType: 'webhook.test' })
    expect(tested.body).toMatchObject({
      success: true,
      data: { outcome: 'succeeded', response: { statusCode: 200 } },
    })
    expect(receiver.requests[0]?.headers['x-webhook-event']).toBe('webhook.test')

    const changed = await send('PATCH', path, { name: 'Updated Webhook', isActive: false })
    expect(changed.body.data).toMatchObject({ ...webhook, name: 'Updated Webhook', isActive: false })
    expect(await send('DELETE', path)).toMatchObject({ status: 200, body: { success: true } })
    expect(await send('GET', path)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  })

  test('that are none are refused, by the names that are used here, and nothing is made', async () => {
    const { send } = await startCrm()
    const wrong = [
      ['a URL that is none', { url: 'nowhere' }, 'url_not_allowed', undefined],
      ['an event that is no text', { url, events: [1] }, 'invalid_request', '/events/0'],
      ['a switch that is none', { url, isActive: 'yes' }, 'invalid_request', '/isActive'],
      ['a field that there is not', { url, colour: 'red' }, 'invalid_request', '/colour'],
      ['no object', [], 'invalid_request', ''],
      ['no JSON', '{"url":', 'body_parse.failed', undefined],
    ] as const
    for (const [what, settings, code, pointer] of wrong) {
      const { status, body: answer } = await send('POST', '/api/webhooks', settings)
      expect([what, status, answer.success, answer.error?.code]).toEqual([what, 400, false, code])
      if (pointer !== undefined) expect(answer.error?.['errors']).toMatchObject([{ pointer }])
    }
    expect((await send('GET', '/api/webhooks')).body.data).toEqual([])
  })
})

test('API keys are made, listed, regenerated and deleted', async () => {
  const crm = await startCrm()
  const { send } = crm
  const key = {
    name: 'My API Key',
    permissions: ['read:contacts', 'write:contacts'],
    description: 'API key for contact management',
    expiresAt: '2099-01-01T00:00:00Z',
  }
  const created = await send('POST', '/api/api-keys', key)
  expect(created).toMatchObject({
    status: 201,
    body: { success: true, data: { ...key, expiresAt: '2099-01-01T00:00:00.000Z' } },
  })
  const token = String(created.row['token'])
  const listed = await send('GET', '/api/api-keys')
  expect(listed.body.data).toMatchObject([{ name: 'My API Key', start: token.slice(0, 12) }])
  expect(JSON.stringify(listed.body)).not.toContain(token)

  const regenerated = await send('POST', `/api/api-keys/${created.row.id}/regenerate`)
  const other = String(regenerated.row['token'])
  expect((await send('GET', '/api/contacts', undefined, token)).status).toBe(401)
  expect((await send('GET', '/api/contacts', undefined, other)).status).toBe(200)
  expect((await send('DELETE', `/api/api-keys/${created.row.id}`)).status).toBe(200)
  expect((await send('GET', '/api/contacts', undefined, other)).status).toBe(401)
  // One that says nothing of it expires within the year that API_KEY_EXPIRY_DAYS is.
  const { row: ordinary } = await send('POST', '/api/api-keys', { name: 'Ordinary' })
  expect((Date.parse(String(ordinary['expiresAt'])) - Date.now()) / 86_400_000).toBeCloseTo(365, 0)
})

describe('permissions', () => {
  const requests = [
    ['read:contacts', 'GET', '/api/contacts'],
    ['write:contacts', 'POST', '/api/contacts'],
    ['delete:contacts', 'DELETE', '/api/contacts/x'],
    ['read:transactions', 'GET', '/api/transactions'],
    ['write:transactions', 'POST', '/api/transactions'],
    ['delete:transactions', 'DELETE', '/api/transactions/x'],
    ['read:properties', 'GET', '/api/properties'],
    ['write:properties', 'POST', '/api/properties'],
    ['delete:properties', 'DELETE', '/api/properties/x'],
    ['read:webhooks', 'GET', '/api/webhooks'],
    ['write:webhooks', 'POST', '/api/webhooks'],
    ['delete:webhooks', 'DELETE', '/api/webhooks/x'],
  ] as const

  test('each lets do what it says, and no more', async () => {
    const crm = await startCrm()
    for (const permission of [...requests.map(([permission]) => permission), '*']) {
      const { token } = await makeKey(crm, { permissions: [permission] })
      for (const [needed, method, path] of requests) {
        const { status } = await crm.send(method, path, method === 'POST' ? {} : undefined, token)
        const isAllowed = permission === '*' || permission === needed
        // What is let in finds nothing of that id, or nothing in the body.
        expect([permission, needed, status === 403]).toEqual([permission, needed, !isAllowed])
      }
    }
  })

  test('a key grants nothing that it lacks, and no one without a key or a session gets in', async () => {
    const crm = await startCrm()
    const { token } = await makeKey(crm, { permissions: ['write:api-keys', 'read:contacts'] })
    const more = await crm.send('POST', '/api/api-keys', { name: 'More', permissions: ['*'] }, token)
    expect(more).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } })
    for (const path of [
      '/api/contacts',
      '/api/webhooks',
      '/api/api-keys',
      '/api/webhooks/logs',
      '/api/webhooks/analytics',
    ])
      expect([path, (await crm.send('GET', path, undefined, null)).status]).toEqual([path, 401])
    const misspelt = await crm.send('POST', '/api/api-keys', { name: 'x', permissions: ['read:contcats'] })
    expect(misspelt.status).toBe(400)
  })

  test('a key with an IP whitelist works from there only', async () => {
    const crm = await startCrm()
    const here = await makeKey(crm, { allowedIps: ['127.0.0.0/8'] })
    const elsewhere = await makeKey(crm, { allowedIps: ['203.0.113.7'] })
    expect((await crm.send('GET', '/api/contacts', undefined, here.token)).status).toBe(200)
    const refused = await crm.send('GET', '/api/contacts', undefined, elsewhere.token)
    expect(refused).toMatchObject({
      status: 403,
      body: { success: false, error: { code: 'ip_not_allowed' } },
    })
  })

  test('another site cannot make the browser of a user change anything', async () => {
    const { url } = await startCrm()
    const cookie = await signIn(url, { email: 'ada@example.com', password: 'correct horse battery staple' })
    const response = await fetch(`${url}/api/webhooks`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
      body: JSON.stringify({ url: 'https://example.com' }),
    })
    expect(response.status).toBe(403)
    const signedIn = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'wrong' }),
    })
    expect([signedIn.status, signedIn.headers.getSetCookie()]).toEqual([401, []])
  })
})

test('each contact, transaction and property is told when it is created, updated and deleted', async () => {
  const { send, crm } = await startCrm()
  const receiver = await openReceiver()
  const secret = String((await send('POST', '/api/webhooks', { url: receiver.url })).row['secret'])
  crm.leadhooks.startWorker()
  const life = [
    ['contact', '/api/contacts', john, { phone: '+1234567890' }],
    ['transaction', '/api/transactions', { price: 1 }, { stage: 'closed' }],
    ['property', '/api/properties', { address: '1 High Street', price: 1 }, { status: 'sold' }],
  ] as const
  const expected: unknown[] = []
  for (const [name, path, fields, changes] of life) {
    const created = await send('POST', path, fields)
    expect(created).toMatchObject({ status: 201, body: { data: fields } })
    const { id } = created.row
    expect((await send('PATCH', `${path}/${id}`, changes)).body.data).toMatchObject({ ...fields, ...changes })
    expect((await send('PATCH', `${path}/${id}`, changes)).status).toBe(200)
    expect((await send('GET', path)).body.data).toMatchObject([{ id, ...changes }])
    expect((await send('DELETE', `${path}/${id}`)).status).toBe(200)
    expect((await send('GET', `${path}/${id}`)).status).toBe(404)
    expected.push(
      { event: `${name}.created`, data: expect.objectContaining({ id, ...fields }) },
      { event: `${name}.updated`, data: expect.objectContaining({ id, ...changes, changes }) },
      { event: `${name}.deleted`, data: { id } },
    )
  }
  const requests = await receiver.received(9)
  const received = requests.map((request) =>
    verifySignature({ payload: request.body, headers: request.headers, secret }),
  )
  expect(received.map(({ event, data }) => ({ event, data }))).toEqual(expect.arrayContaining(expected))

  for (const { body, headers } of requests) {
    const calculated = 'sha256=' + createHmac('sha256', secret).update(body).digest('hex')
    const signature = String(headers['x-webhook-signature'])
    expect(timingSafeEqual(Buffer.from(signature), Buffer.from(calculated))).toBe(true)
  }
  const types = await crm.leadhooks.events.types()
  expect(types.map(({ name }) => name)).toHaveLength(10)
  expect(types.every(({ description, example }) => description !== null && example !== null)).toBe(true)
})

test('a record and its event are saved together, or neither is', async () => {
  const { send, crm } = await startCrm({ limits: { maxBodyBytes: 1024 } })
  const email = `${'a'.repeat(60)}@${'example.'.repeat(120)}com`
  const refused = await send('POST', '/api/contacts', { ...john, email })
  expect(refused).toMatchObject({
    status: 413,
    body: { success: false, error: { code: 'payload_too_large' } },
  })
  expect((await send('POST', '/api/contacts', { name: '', vip: true })).body.error).toMatchObject({
    code: 'invalid_request',
    errors: expect.arrayContaining([expect.objectContaining({ pointer: '/email' })]),
  })
  expect((await send('GET', '/api/contacts')).body.data).toEqual([])
  expect((await crm.leadhooks.events.list({ organizationId: 'acme' })).data).toEqual([])
})

test('what fails is tried again after 1 and 5 s, then logged as failed; a retry is a log that names the first', async () => {
  const clock = fakeClock()
  const { send, crm } = await startCrm({ clock })
  const receiver = await openReceiver({ respond: [500, 500, 500, 500, 200] })
  const { row: webhook } = await send('POST', '/api/webhooks', {
    url: receiver.url,
    retry: null,
    circuit: false,
  })
  crm.leadhooks.startWorker()
  await send('POST', '/api/contacts', john)

  const logs = async (query = ''): Promise<z.output<typeof rows>> => {
    // Results are written in batches, a moment later.
    await clock.advance(5)
    return rows.parse(
      (await send('GET', `/api/webhooks/logs?webhook_id=${webhook.id}&limit=50${query}`)).body.data,
    )
  }
  for (const [index, seconds] of [1, 5].entries()) {
    await expect
      .poll(async () => logs())
      .toMatchObject([{ status: 'retrying', attempts: index + 1, response_status: 500 }])
    await clock.advance(seconds * 1000)
  }
  await expect.poll(async () => logs('&status=failed')).toMatchObject([{ status: 'failed', attempts: 3 }])
  const [first] = await logs('&status=failed')
  const { row: log } = await send('GET', `/api/webhooks/logs/${first?.id}`)
  expect(z.array(z.unknown()).parse(log['attempt_log'])).toHaveLength(3)

  // The replay fails as well, and is replayed: the chain is told by its first.
  const { row: second } = await send('POST', `/api/webhooks/logs/${first?.id}/retry`)
  expect(second).toMatchObject({ replay_of: first?.id, replay_root: first?.id, status: 'pending' })
  await expect.poll(async () => logs('&status=retrying')).toMatchObject([{ id: second.id }])
  const { row: hurried } = await send('POST', `/api/webhooks/logs/${second.id}/retry`)
  expect(hurried.id).toBe(second.id)
  await expect
    .poll(async () => logs('&status=success'))
    .toMatchObject([{ id: second.id, replay_of: first?.id }])
  const { row: third } = await send('POST', `/api/webhooks/logs/${second.id}/retry`)
  expect(third).toMatchObject({ replay_of: second.id, replay_root: first?.id })
  await expect.poll(async () => logs('&status=success')).toHaveLength(2)

  const wrong = await send('GET', '/api/webhooks/logs?status=lost')
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
  expect((await send('GET', '/api/webhooks/logs?limit=1000000')).status).toBe(400)
  expect((await send('POST', '/api/webhooks/logs/x/retry')).status).toBe(404)
})

test('many failed ones are replayed at once', async () => {
  const { send, crm } = await startCrm()
  const receiver = await openReceiver({ respond: [500, 500, 500, 200] })
  await send('POST', '/api/webhooks', { url: receiver.url })
  await crm.leadhooks.webhooks.list({ organizationId: 'acme' }).then(async ({ data: [webhook] }) =>
    crm.leadhooks.webhooks.update({
      organizationId: 'acme',
      id: webhook?.id ?? '',
      retry: { delaysMs: [] },
    }),
  )
  crm.leadhooks.startWorker()
  for (let index = 0; index < 3; index++) await send('POST', '/api/contacts', john)
  await expect
    .poll(async () => (await send('GET', '/api/webhooks/logs?status=failed')).body.data)
    .toHaveLength(3)
  expect((await send('POST', '/api/v1/deliveries/replay', {})).status).toBeLessThan(300)
  await expect
    .poll(async () => (await send('GET', '/api/webhooks/logs?status=success')).body.data)
    .toHaveLength(3)
})

test('a webhook is switched off after 10 failures in a row', async () => {
  const { send, crm } = await startCrm({
    delivery: { retry: { delaysMs: [] }, autoDisable: { consecutiveFailures: 10 }, circuit: false },
  })
  const receiver = await openReceiver({ respond: 500 })
  const { row: webhook } = await send('POST', '/api/webhooks', { url: receiver.url })
  crm.leadhooks.startWorker()
  for (let index = 0; index < 10; index++) await send('POST', '/api/contacts', john)
  await expect
    .poll(async () => (await send('GET', `/api/webhooks/${webhook.id}`)).body.data)
    .toMatchObject({ isActive: false, disabledReason: 'failing' })
  expect((await send('GET', '/api/webhooks/analytics')).body.data).toMatchObject({
    failed_webhooks: 1,
    success_rate: 0,
  })
})

test('analytics tell of webhooks and deliveries in the fields that dashboards know', async () => {
  const { send, crm } = await startCrm()
  const nothing = {
    total_webhooks: 0,
    active_webhooks: 0,
    total_deliveries: 0,
    success_rate: 0,
    average_response_time: 0,
    healthy_webhooks: 0,
    failed_webhooks: 0,
  }
  expect((await send('GET', '/api/webhooks/analytics')).body).toEqual({ success: true, data: nothing })
  const receiver = await openReceiver()
  await send('POST', '/api/webhooks', { url: receiver.url })
  await send('POST', '/api/webhooks', { url: receiver.url, isActive: false })
  crm.leadhooks.startWorker()
  await send('POST', '/api/contacts', john)
  await expect
    .poll(async () => (await send('GET', '/api/webhooks/analytics')).body.data)
    .toEqual({
      total_webhooks: 2,
      active_webhooks: 1,
      total_deliveries: 1,
      success_rate: 100,
      average_response_time: expect.any(Number),
      healthy_webhooks: 1,
      failed_webhooks: 0,
    })
  const { row: series } = await send('GET', '/api/v1/analytics/time-series')
  expect(z.array(z.unknown()).parse(series['points']).length).toBeGreaterThan(0)
})

test('secrets and tokens are rotated with a grace, and the audit log keeps who did what', async () => {
  const test = await startCrm()
  const { send, crm } = test
  const receiver = await openReceiver()
  const { row: webhook } = await send('POST', '/api/webhooks', { url: receiver.url })
  const rotated = await send('POST', `/api/v1/webhooks/${webhook.id}/rotate-secret`, { graceSeconds: 3600 })
  crm.leadhooks.startWorker()
  await send('POST', '/api/contacts', john)
  const [request] = await receiver.received(1)
  for (const secret of [webhook['secret'], rotated.row['secret']]) {
    const signed = { payload: request?.body ?? '', headers: request?.headers ?? {}, secret: String(secret) }
    expect(verifySignature(signed)).toMatchObject({ event: 'contact.created' })
  }
  const key = await makeKey(test)
  const { row: renewed } = await send('POST', `/api/v1/keys/${key.id}/rotate`, { graceSeconds: 3600 })
  for (const token of [key.token, String(renewed['token'])])
    expect((await send('GET', '/api/contacts', undefined, token)).status).toBe(200)

  const { body } = await send('GET', '/api/v1/audit-log')
  const log = z.object({ data: rows }).parse(body.data).data
  expect(log.map(({ action }) => action)).toEqual(
    expect.arrayContaining([
      'webhook.created',
      'webhook.secret_rotated',
      'api_key.created',
      'api_key.rotated',
    ]),
  )
  expect(log.find(({ action }) => action === 'api_key.created')).toMatchObject({
    actor: { type: 'user', id: 'ada@example.com' },
  })
  await expect.poll(async () => (await send('GET', `/api/v1/keys/${key.id}/usage`)).row['total']).toBe(2)
})

test('an old request is refused by its time, however well it was signed', async () => {
  const { send, crm } = await startCrm()
  const receiver = await openReceiver()
  const { row: webhook } = await send('POST', '/api/webhooks', { url: receiver.url })
  crm.leadhooks.startWorker()
  await send('POST', '/api/contacts', john)
  const [request] = await receiver.received(1)
  const signed = {
    payload: request?.body ?? '',
    headers: request?.headers ?? {},
    secret: String(webhook['secret']),
  }
  expect(() => verifySignature({ ...signed, now: new Date(Date.now() + 6 * 60_000) })).toThrow(/ago|old/)
})

test('the cleanup ends keys that have expired, and no others', async () => {
  const test = await startCrm()
  const expired = await makeKey(test, { expiresAt: new Date(Date.now() + 300).toISOString() })
  const lasting = await makeKey(test)
  await sleep(400)
  expect(await revokeExpiredKeys(test.crm.leadhooks)).toBe(1)
  expect(await revokeExpiredKeys(test.crm.leadhooks)).toBe(0)
  const { body } = await test.send('GET', '/api/api-keys')
  const keys = rows.parse(body.data)
  expect(keys.find(({ id }) => id === expired.id)).toMatchObject({ revokedReason: 'expired' })
  expect(keys.find(({ id }) => id === lasting.id)).toMatchObject({ revokedAt: null })
})

test('requests of a key are limited, in Redis when there is one', async () => {
  const test = await startCrm({}, { REDIS_URL: (await testRedis()).url })
  const rateLimits = [{ name: 'minutely', limit: 2, windowMs: 60_000 }]
  const { token } = await makeKey(test, { rateLimits })
  for (const path of ['/api/contacts', '/api/webhooks'])
    expect((await test.send('GET', path, undefined, token)).headers.get('x-ratelimit-limit')).toBe('2')
  for (const path of ['/api/contacts', '/api/webhooks/logs']) {
    const { status, headers } = await test.send('GET', path, undefined, token)
    expect([path, status]).toEqual([path, 429])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await test.send('GET', '/health', undefined, null)).body).toEqual({
    success: true,
    data: { status: 'ready' },
  })
})
