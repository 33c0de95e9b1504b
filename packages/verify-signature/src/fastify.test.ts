/* oxlint-disable oxc/no-async-endpoint-handlers -- the rule is about Express 4; Fastify awaits its handlers */
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { verifyWebhook, type FastifyGuardOptions } from './fastify.ts'
import { generateSecret, SignatureError, signPayload, type WebhookEvent } from './index.ts'

const secret = generateSecret()
const event: WebhookEvent = {
  id: 'evt_1',
  event: 'new_lead',
  timestamp: '2026-01-01T00:00:00Z',
  data: { name: 'Zoë 🚀' },
}
// Not what JSON.stringify makes: a guard that verifies a parsed and serialized body fails on it.
const body = JSON.stringify(event, null, 2)

function signedHeaders(payload = body, by = secret): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000)
  return {
    'content-type': 'application/json',
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signPayload({ id: 'evt_1', timestamp, payload, secret: by }),
  }
}

const apps: FastifyInstance[] = []
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())))

function setUp(options: Partial<FastifyGuardOptions> = {}): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true })
  apps.push(app)
  app.post('/webhooks', verifyWebhook({ secret, ...options }), async (request) => {
    return { webhook: request.webhook, body: request.body }
  })
  return app
}

async function post(app: FastifyInstance, init: RequestInit = {}, path = '/webhooks'): Promise<Response> {
  const origin = app.server.listening ? app.listeningOrigin : await app.listen({ port: 0 })
  return fetch(origin + path, { method: 'POST', headers: signedHeaders(), body, ...init })
}

test('one line guards a route, and the handler finds the event', async () => {
  const response = await post(setUp())
  expect([response.status, await response.json()]).toEqual([200, { webhook: event, body: event }])
})

test('a forged delivery gets 401 as a problem document, and no handler sees it', async () => {
  let handled = 0
  const app = setUp()
  app.addHook('preHandler', async () => void handled++)
  // Answers that take a while must not let the request pass in the meantime.
  app.addHook('onSend', (_request, _reply, _payload, done) => void setImmediate(done))
  app.post('/later', verifyWebhook({ secret }), async () => handled++)
  const response = await post(app, { headers: signedHeaders(body, generateSecret()) }, '/later')
  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ status: 401, code: 'no_match', title: 'Unauthorized' })
  expect(handled).toBe(0)
})

test('a request without the headers gets 400', async () => {
  const response = await post(setUp(), { headers: { 'content-type': 'application/json' } })
  expect([response.status, await response.json()]).toMatchObject([400, { code: 'missing_header' }])
})

test("the app's own parsers work on, on this route and on others", async () => {
  const app = setUp()
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) =>
    done(null, { text }),
  )
  app.post('/other', async (request) => request.body)
  const guarded = await post(app)
  expect(await guarded.json()).toEqual({ webhook: event, body: { text: body } })
  expect(
    await (await post(app, { headers: { 'content-type': 'application/json' } }, '/other')).json(),
  ).toEqual({ text: body })
})

test('a body beyond the limit gets 413, announced or not', async () => {
  const app = setUp({ limitBytes: 1000 })
  const large = 'x'.repeat(3_000_000)
  for (const payload of [large, new Blob([large]).stream()]) {
    const response = await post(app, { body: payload, duplex: 'half' })
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'payload_too_large' }])
  }
  expect((await post(app)).status).toBe(200)
})

test('each tenant has its own secrets, and an unknown one gets 401', async () => {
  const app = setUp({ secret: async (request) => (request.headers['x-tenant'] === 'acme' ? [secret] : []) })
  expect((await post(app, { headers: { ...signedHeaders(), 'x-tenant': 'acme' } })).status).toBe(200)
  expect((await post(app)).status).toBe(401)
})

test('mistakes of the receiver and lost databases reach the error handler', async () => {
  const errors: unknown[] = []
  for (const options of [
    { secret: () => undefined },
    { toleranceSeconds: Number.NaN },
    { secret: () => Promise.reject(new Error('the database is gone')) },
  ]) {
    const app = setUp(options)
    app.setErrorHandler((error, _request, reply) => {
      errors.push(error)
      void reply.code(503).send()
    })
    expect((await post(app)).status).toBe(503)
  }
  expect(errors).toMatchObject([
    { code: 'invalid_secret' },
    { code: 'invalid_option' },
    { message: 'the database is gone' },
  ])
})

test('a host may answer failures itself', async () => {
  const app = setUp({ onError: async (error, _request, reply) => void reply.code(404).send(error.code) })
  const response = await post(app, { headers: signedHeaders('{}') })
  expect([response.status, await response.text()]).toEqual([404, 'no_match'])
})

test('the clock and the tolerance are options', async () => {
  const now = (): number => Date.now() + 3_600_000
  expect(await (await post(setUp({ now }))).json()).toMatchObject({ code: 'timestamp_too_old' })
  expect((await post(setUp({ now, toleranceSeconds: 7200 }))).status).toBe(200)
})

test('a secret that is missing or malformed stops the app at its start', () => {
  expect(() => verifyWebhook({ secret: process.env['NOT_SET'] })).toThrow(SignatureError)
})
