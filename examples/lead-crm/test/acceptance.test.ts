// Every request and capability that the description of this system lists: docs/requirements.md says which test shows which.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { fakeClock, type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { openBrowser } from '@leadhooks/test-services/browser'
import { testRedis } from '@leadhooks/test-services/vitest'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { eachDatabase } from './each-database.ts'
import { adminPassword, startCrm, type TestCrm } from './start-crm.ts'

/** Receivers of tests are on this machine. */
const network = { allowPrivateAddresses: true, allowHttp: true }
const person = { id: 'lead_123', name: 'John Doe', email: 'john@example.com' }
const newLead = { ...person, phone: '+1234567890', source: 'website' }

const body = z.object({ id: z.string(), event: z.string(), timestamp: z.iso.datetime(), data: z.unknown() })

async function openReceiver(...[options]: Parameters<typeof startReceiver>): Promise<ScriptedReceiver> {
  const receiver = await startReceiver(options)
  onTestFinished(async () => receiver.close())
  return receiver
}

/** The CRM with a worker, and a receiver that its organization has registered. */
async function startSending(
  environment: Parameters<typeof startCrm>[0],
  settings: object = {},
): Promise<{ crm: TestCrm; receiver: ScriptedReceiver; webhook: { id: string; secret: string } }> {
  const crm = await startCrm(environment, { network })
  const receiver = await openReceiver()
  const created = await crm.send('POST', '/api/v1/webhooks', { url: receiver.url, ...settings })
  expect(created.status).toBe(201)
  crm.leadhooks.startWorker()
  return { crm, receiver, webhook: z.object({ id: z.string(), secret: z.string() }).parse(created.body) }
}

/** How the receivers of this system check a signature: the hex HMAC of the body, by the secret as it is shown. */
function verifySignature(payload: Buffer, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(payload).digest('hex')
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
}

describe.each(eachDatabase)('on %s', (_, makeDatabase) => {
  test('API keys are made, listed, read and revoked', async () => {
    const { send } = await startCrm(await makeDatabase())
    const expiresAt = '2099-01-01T00:00:00.000Z'
    const rateLimits = [{ name: 'hourly', limit: 50, windowMs: 3_600_000 }]
    const created = await send('POST', '/api/v1/keys', {
      name: 'Zapier',
      role: 'read_only',
      rateLimits,
      expiresAt,
    })
    expect(created).toMatchObject({
      status: 201,
      body: { organizationId: 'acme', role: 'read_only', rateLimits, expiresAt, revokedAt: null },
    })
    const token = z.string().parse(created.body['token'])
    expect(token).toMatch(/^sk_live_\w{38}$/)

    const { id } = created.body
    const listed = await send('GET', '/api/v1/keys')
    expect(listed.body.data).toContainEqual(expect.objectContaining({ id, name: 'Zapier' }))
    expect(JSON.stringify([listed.body, (await send('GET', `/api/v1/keys/${id}`)).body])).not.toContain(token)

    expect((await send('GET', '/leads', undefined, { token })).headers.get('x-ratelimit-limit')).toBe('50')
    expect((await send('POST', '/leads', {}, { token })).status).toBe(403)
    expect((await send('DELETE', `/api/v1/keys/${id}`)).status).toBe(200)
    const refused = await send('GET', '/leads', undefined, { token })
    expect(refused).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } })
  })

  test('a role says what a key may do, a rotation gives it another token, an expiry ends it', async () => {
    const { send } = await startCrm(await makeDatabase())
    const make = async (settings: object): Promise<{ id: string; token: string }> => {
      const { body } = await send('POST', '/api/v1/keys', { name: 'Test', ...settings })
      return z.object({ id: z.string(), token: z.string() }).parse(body)
    }
    const statuses = async (token: string): Promise<number[]> => {
      const requests = [
        ['GET', '/leads'],
        ['POST', '/leads', { name: 'Ada', email: `${token}@example.com`.slice(-40) }],
        ['POST', '/api/v1/keys', { name: 'Another' }],
      ] as const
      const answers = await Promise.all(
        requests.map(async ([method, path, sent]) => send(method, path, sent, { token })),
      )
      return answers.map(({ status }) => status)
    }
    const reader = await make({ role: 'read_only' })
    expect(await statuses(reader.token)).toEqual([200, 403, 403])
    expect(await statuses((await make({ role: 'read_write' })).token)).toEqual([200, 201, 403])
    expect(await statuses((await make({ role: 'admin' })).token)).toEqual([200, 201, 201])

    const rotated = await send('POST', `/api/v1/keys/${reader.id}/rotate`, { graceSeconds: 0 })
    expect(await statuses(reader.token)).toEqual([401, 401, 401])
    expect(await statuses(z.string().parse(rotated.body['token']))).toEqual([200, 403, 403])

    const expired = await make({ expiresAt: '2020-01-01T00:00:00Z' })
    const answer = await send('GET', '/leads', undefined, { token: expired.token })
    expect(answer).toMatchObject({ status: 401, body: { code: 'api_key_expired' } })
    await expect
      .poll(async () => (await send('GET', `/api/v1/keys/${reader.id}`)).body['lastUsedAt'])
      .toEqual(expect.any(String))
  })

  test('webhooks are made, listed, read, replaced and removed', async () => {
    const { send } = await startCrm(await makeDatabase())
    const created = await send('POST', '/api/v1/webhooks', {
      url: 'https://example.com/hooks',
      eventTypes: ['new_lead'],
      secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
      retry: { firstDelayMs: 1000, factor: 2, maxDelayMs: 60_000, maxAttempts: 4 },
    })
    expect(created).toMatchObject({ status: 201, body: { eventTypes: ['new_lead'], enabled: true } })
    const path = `/api/v1/webhooks/${created.body.id}`
    const listed = await send('GET', '/api/v1/webhooks')
    expect(listed.body.data).toEqual([expect.objectContaining({ id: created.body.id })])
    expect((await send('GET', path)).body).toMatchObject({ retry: { maxAttempts: 4 } })
    const replaced = await send('PUT', path, { url: 'https://example.com/other', enabled: false })
    expect(replaced).toMatchObject({
      status: 200,
      body: { url: 'https://example.com/other', eventTypes: [], enabled: false, retry: null },
    })
    const internal = await send('PUT', path, { url: 'http://169.254.169.254/' })
    expect(internal).toMatchObject({ status: 400, body: { code: 'url_not_allowed' } })
    const other = await send('GET', path, undefined, { token: null })
    expect(other.status).toBe(401)
    expect((await send('DELETE', path)).status).toBe(204)
    expect((await send('GET', path)).status).toBe(404)
  })

  test('new leads and changed ones arrive as they are described, signed, and are in the history', async () => {
    const settings = { bodySignature: 'hex' }
    const { crm, receiver, webhook } = await startSending(await makeDatabase(), settings)
    const told = await crm.send('POST', '/api/v1/events/leads', newLead)
    expect(told).toMatchObject({ status: 202, body: { deliveries: 1, duplicate: false } })
    const changes = { status: 'contacted' }
    for (const phone of [{ phone: '+1234567890' }, {}]) {
      const update = await crm.send('POST', '/api/v1/events/leads/updates', { ...person, ...phone, changes })
      expect(update.status).toBe(202)
    }

    const requests = await receiver.received(3)
    const received = requests.map((request) => body.parse(JSON.parse(String(request.body))))
    expect(received.map(({ event, data }) => ({ event, data }))).toEqual(
      expect.arrayContaining([
        { event: 'new_lead', data: newLead },
        { event: 'lead_update', data: { ...person, phone: '+1234567890', changes } },
        { event: 'lead_update', data: { ...person, changes } },
      ]),
    )
    for (const { headers, body: payload } of requests) {
      const signature = String(headers['x-webhook-signature'])
      expect(verifySignature(payload, signature, webhook.secret)).toBe(true)
      const forged = verifySignature(Buffer.from(String(payload) + ' '), signature, webhook.secret)
      expect(forged).toBe(false)
    }
    for (const path of ['/api/v1/webhooks/deliveries', '/api/v1/webhooks/deliveries/']) {
      const delivered = { status: 'delivered', webhookId: webhook.id, statusCode: 200, attempts: 1 }
      await expect
        .poll(async () => (await crm.send('GET', `${path}?status=delivered`)).body.data)
        .toEqual([1, 2, 3].map(() => expect.objectContaining(delivered)))
    }
    const [latest] = await crm.send('GET', '/api/v1/webhooks/deliveries?limit=1').then((it) => idsOf(it.body))
    const one = await crm.send('GET', `/api/v1/deliveries/${latest}`)
    expect(one.body['attemptLog']).toEqual([expect.objectContaining({ number: 1, statusCode: 200 })])
    expect((await crm.send('GET', `/api/v1/deliveries/${latest}/body`)).body['body']).toContain('lead_123')
  })

  test('a webhook gets the event types that it names', async () => {
    const { crm, receiver } = await startSending(await makeDatabase(), { eventTypes: ['lead_update'] })
    const passed = await crm.send('POST', '/api/v1/events/leads', newLead)
    expect(passed).toMatchObject({ status: 202, body: { deliveries: 0 } })
    await crm.send('POST', '/api/v1/events/leads/updates', { ...person, changes: { status: 'won' } })
    const [request] = await receiver.received(1)
    expect(request?.headers['x-webhook-event']).toBe('lead_update')
  })

  test.for([
    ['a lead without a name', '/api/v1/events/leads', { ...newLead, name: undefined }, '/name'],
    [
      'a change to a status that is none',
      '/api/v1/events/leads/updates',
      { ...person, changes: { status: 'x' } },
      '/changes/status',
    ],
    ['no object', '/api/v1/events/leads', [], ''],
  ] as const)('%s is refused, and no event is made', async ([, path, sent, pointer]) => {
    const { send, leadhooks } = await startCrm(await makeDatabase())
    const answer = await send('POST', path, sent)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } })
    expect((await send('POST', path, newLead, { token: null })).status).toBe(401)
    expect((await leadhooks.events.list({ organizationId: 'acme' })).data).toEqual([])
  })

  test('the API says what it is, is well, and describes itself; nothing of the page comes from elsewhere', async () => {
    const { url, send } = await startCrm(await makeDatabase())
    expect((await send('GET', '/', undefined, { token: null })).body).toMatchObject({ name: 'Lead CRM' })
    const health = await send('GET', '/health', undefined, { token: null })
    expect(health).toMatchObject({ status: 200, body: { status: 'ready' } })

    for (const path of ['/docs', '/redoc']) {
      const page = await (await fetch(url + path)).text()
      const files = [...page.matchAll(/(?:src|href|data-openapi)="(?!data:)([^"]+)"/g)].map(
        ([, file]) => file ?? '',
      )
      expect(files).toContain('openapi.json')
      for (const file of files) {
        expect(file).not.toMatch(/^(https?:)?\/\//)
        const { status } = await fetch(new URL(file, url + path))
        expect([path, file, status]).toEqual([path, file, 200])
      }
    }

    const { body } = await send('GET', '/openapi.json', undefined, { token: null })
    const { paths, webhooks } = z.looseObject({ paths: z.record(z.string(), z.unknown()) }).parse(body)
    const described = ['/keys', '/keys/{id}', '/webhooks', '/webhooks/{id}', '/webhooks/deliveries']
    for (const path of [...described, '/events/leads', '/events/leads/updates', '/leads'])
      expect(paths).toHaveProperty([path])
    expect(webhooks).toMatchObject({ new_lead: {}, lead_update: {} })
  })
})

test('a delivery is tried again after 1, 2, 4, 8 and 16 s, then it is a dead letter, and people are told', async () => {
  const [[, makeDatabase] = []] = eachDatabase
  const slack = await openReceiver()
  const receiver = await openReceiver({ respond: { status: 500, body: 'out of order' } })
  const clock = fakeClock()
  const environment = { ...(await makeDatabase?.()), SLACK_WEBHOOK_URL: slack.url }
  const { send, leadhooks } = await startCrm(environment, { network, clock })
  await send('POST', '/api/v1/webhooks', { url: receiver.url, circuit: false })
  leadhooks.startWorker()
  await send('POST', '/api/v1/events/leads', newLead)

  const delivery = async (): Promise<Record<string, unknown>> => {
    // Results are written in batches, a moment later.
    await clock.advance(5)
    const { body } = await send('GET', '/api/v1/webhooks/deliveries')
    return z.looseObject({}).parse(body.data?.[0])
  }
  for (const [index, seconds] of [1, 2, 4, 8, 16].entries()) {
    await expect.poll(delivery).toMatchObject({ status: 'retrying', attempts: index + 1 })
    await clock.advance(seconds * 1000)
  }
  await expect
    .poll(delivery)
    .toMatchObject({ status: 'dead_letter', reason: 'exhausted', attempts: 6, statusCode: 500 })
  const { id } = z.object({ id: z.string() }).parse(await delivery())
  const log = z
    .array(z.looseObject({}))
    .parse((await send('GET', `/api/v1/deliveries/${id}`)).body['attemptLog'])
  const times = log.map(({ startedAt }) => Date.parse(String(startedAt)) / 1000)
  const waits = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)))
  expect(waits).toEqual([1, 2, 4, 8, 16])
  expect(log[0]).toMatchObject({ statusCode: 500, responseBody: 'out of order', message: expect.any(String) })
  expect(receiver.requests).toHaveLength(6)

  const [message] = await slack.received(1)
  expect(String(message?.body)).toMatch(/given up|dead letter/i)
  expect((await send('POST', `/api/v1/deliveries/${id}/replay`)).status).toBe(201)
})

test('with Redis two servers count the requests of a key together', async () => {
  const [[, makeDatabase] = []] = eachDatabase
  const environment = { ...(await makeDatabase?.()), REDIS_URL: (await testRedis()).url }
  const [one, other] = [await startCrm(environment), await startCrm(environment)]
  const { token } = await one.leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Shared' })
  const remaining = async ({ send }: TestCrm): Promise<string | null> => {
    const { headers } = await send('GET', '/leads', undefined, { token })
    return headers.get('x-ratelimit-remaining')
  }
  expect([await remaining(one), await remaining(other), await remaining(one)]).toEqual(['999', '998', '997'])
  expect((await one.send('GET', '/health')).body).toMatchObject({ checks: { 'rate-limiter': 'ok' } })
})

test('the staff sees webhooks, deliveries and keys of all customers at /admin, and nobody else does', async () => {
  const [[, makeDatabase] = []] = eachDatabase
  const { url, leadhooks } = await startCrm((await makeDatabase?.()) ?? {})
  await leadhooks.organizations.upsert({ id: 'acme', name: 'Acme Homes' })
  await leadhooks.webhooks.create({ organizationId: 'acme', name: 'My webhook', url: 'https://example.com' })
  for (const credentials of ['', `Basic ${btoa('staff:guess')}`]) {
    const refused = await fetch(`${url}/admin/`, { headers: { authorization: credentials } })
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Basic/),
    ])
  }

  const browser = await openBrowser()
  onTestFinished(async () => browser.close())
  const httpCredentials = { username: 'staff', password: adminPassword }
  const page = await (await browser.newContext({ httpCredentials })).newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(`${url}/admin`)
  await page
    .getByText(/Acme Homes/)
    .first()
    .waitFor()
  for (const [path, shown] of [
    ['webhooks', 'Webhooks'],
    ['deliveries', 'Deliveries'],
    ['api-keys', 'API keys'],
  ] as const) {
    await page.goto(`${url}/admin/${path}?organization=acme`)
    await page.getByRole('heading', { name: shown }).first().waitFor()
  }
}, 300_000)

function idsOf({ data }: { data?: unknown[] | undefined }): string[] {
  return z
    .array(z.object({ id: z.string() }))
    .parse(data)
    .map(({ id }) => id)
}
