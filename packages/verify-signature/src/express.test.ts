import { createRequire } from 'node:module'
import { connect } from 'node:net'
import express5, { type Express, type Request } from 'express'
import { afterEach, describe, expect, test } from 'vitest'
import { verifyWebhook } from './express.ts'
import { generateSecret, SignatureError, signPayload, type WebhookEvent } from './index.ts'

const express4: typeof express5 = createRequire(import.meta.url)('express4')

const secret = generateSecret()
const event: WebhookEvent = {
  id: 'evt_1',
  event: 'new_lead',
  timestamp: '2026-01-01T00:00:00Z',
  data: { name: 'Zoë 🚀' },
}
// Not what JSON.stringify makes: a guard that verifies a parsed and serialized body fails on it.
const body = JSON.stringify(event, null, 2)

function signedHeaders(payload: string | Buffer = body, by = secret): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000)
  return {
    'content-type': 'application/json',
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signPayload({ id: 'evt_1', timestamp, payload, secret: by }),
  }
}

const stops: (() => void)[] = []
afterEach(() => stops.splice(0).forEach((stop) => stop()))

async function listen(app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1')
  stops.push(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/webhooks`
}

describe.each(Object.entries({ 'Express 5': express5, 'Express 4': express4 }))('%s', (_version, express) => {
  /** An app that shows what its handlers and its error handler got. */
  function setUp(mount: (app: Express) => void): { app: Express; errors: unknown[] } {
    const app = express()
    const errors: unknown[] = []
    mount(app)
    app.use((error: unknown, _req: Request, res: { sendStatus(status: number): void }, _next: unknown) => {
      errors.push(error)
      res.sendStatus(500)
    })
    return { app, errors }
  }
  const guardOn = (app: Express, options: Partial<Parameters<typeof verifyWebhook>[0]> = {}): void => {
    app.post('/webhooks', verifyWebhook({ secret, ...options }), (req, res) => {
      res.json({ webhook: req.webhook, body: req.body })
    })
  }
  const post = (url: string, init: RequestInit = {}): Promise<Response> =>
    fetch(url, { method: 'POST', headers: signedHeaders(), body, ...init })

  test('one line guards a route, and the handler finds the event', async () => {
    const { app } = setUp((app) => guardOn(app))
    const response = await post(await listen(app))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ webhook: event, body: event })
  })

  test('a forged delivery gets 401 as a problem document, and no handler sees it', async () => {
    const { app, errors } = setUp((app) => guardOn(app))
    const response = await post(await listen(app), { headers: signedHeaders(body, generateSecret()) })
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      code: 'no_match',
      detail: expect.stringContaining('No signature in webhook-signature'),
    })
    expect(errors).toEqual([])
  })

  test('a request without the headers gets 400', async () => {
    const { app } = setUp((app) => guardOn(app))
    const response = await post(await listen(app), { headers: {} })
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'missing_header' }])
  })

  test.each([
    ['express.raw()', express.raw({ type: '*/*' })],
    ['express.text()', express.text({ type: '*/*' })],
    [
      'express.json() that keeps rawBody',
      express.json({ verify: (req, _res, buf) => Object.assign(req, { rawBody: buf }) }),
    ],
    ['a parser of another type', express.urlencoded()],
  ])('it works behind %s', async (_name, parser) => {
    const { app } = setUp((app) => {
      app.use(parser)
      guardOn(app)
    })
    expect((await post(await listen(app))).status).toBe(200)
  })

  test('behind express.json() the mistake goes to the error handler, with the two fixes', async () => {
    const { app, errors } = setUp((app) => {
      app.use(express.json())
      guardOn(app)
    })
    expect((await post(await listen(app))).status).toBe(500)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatchObject({ code: 'body_already_parsed', status: 500 })
    expect(String(errors[0])).toContain('mounting verifyWebhook() or express.raw')
    expect(String(errors[0])).toContain('req.rawBody = buf')
  })

  test('express.json() may come after the guard, and leaves the body as it is', async () => {
    const { app } = setUp((app) => {
      app.use('/webhooks', verifyWebhook({ secret }))
      app.use(express.json())
      app.post('/webhooks', (req, res) => void res.json({ webhook: req.webhook, body: req.body }))
    })
    const response = await post(await listen(app))
    expect([response.status, await response.json()]).toEqual([200, { webhook: event, body: event }])
  })

  test('a body beyond the limit gets 413, announced or not, and the connection survives', async () => {
    const { app } = setUp((app) => guardOn(app, { limitBytes: body.length * 2 }))
    const url = await listen(app)
    const large = 'x'.repeat(3_000_000)
    for (const payload of [large, new Blob([large]).stream()]) {
      const response = await post(url, { body: payload, duplex: 'half' })
      expect([response.status, await response.json()]).toMatchObject([413, { code: 'payload_too_large' }])
    }
    expect((await post(url)).status).toBe(200)
  })

  test('each tenant has its own secrets, and an unknown one gets 401', async () => {
    const secrets = new Map([['acme', [generateSecret(), secret]]])
    const { app } = setUp((app) => {
      const guard = verifyWebhook<Request<{ tenant: string }>>({
        secret: async (req) => secrets.get(req.params.tenant) ?? [],
      })
      app.post('/webhooks/:tenant', guard, (_req, res) => void res.sendStatus(204))
    })
    const url = await listen(app)
    expect((await post(`${url}/acme`)).status).toBe(204)
    expect((await post(`${url}/other`)).status).toBe(401)
  })

  test('whatever fails in a secret lookup reaches the error handler', async () => {
    const lost = new Error('the database is gone')
    const { app, errors } = setUp((app) => guardOn(app, { secret: () => Promise.reject(lost) }))
    expect((await post(await listen(app))).status).toBe(500)
    expect(errors).toEqual([lost])
  })

  test('a host may answer failures itself', async () => {
    const { app, errors } = setUp((app) => {
      guardOn(app, {
        onError: async (error, _req, res, next) => {
          if (error.code === 'no_match') res.writeHead(404).end(error.code)
          else next(new Error('own', { cause: error }))
        },
      })
    })
    const url = await listen(app)
    const response = await post(url, { headers: signedHeaders('{}') })
    expect([response.status, await response.text()]).toEqual([404, 'no_match'])
    expect((await post(url, { headers: {} })).status).toBe(500)
    expect(errors).toMatchObject([{ message: 'own', cause: { code: 'missing_header' } }])
  })

  test('a host whose own answer fails has that error handled', async () => {
    const { app, errors } = setUp((app) => guardOn(app, { onError: () => Promise.reject(new Error('own')) }))
    expect((await post(await listen(app), { headers: {} })).status).toBe(500)
    expect(errors).toMatchObject([{ message: 'own' }])
  })

  test('an error of the handler is an error of the handler', async () => {
    const { app, errors } = setUp((app) => {
      app.post('/webhooks', verifyWebhook({ secret }), () => {
        throw new Error('of the handler')
      })
    })
    expect((await post(await listen(app))).status).toBe(500)
    expect(errors).toMatchObject([{ message: 'of the handler' }])
  })

  test('the clock and the tolerance are options', async () => {
    const now = (): Date => new Date(Date.now() + 3_600_000)
    const { app } = setUp((app) => {
      app.post('/webhooks/strict', verifyWebhook({ secret, now }), (_req, res) => void res.sendStatus(204))
      const lenient = verifyWebhook({ secret, now, toleranceSeconds: 7200 })
      app.post('/webhooks/lenient', lenient, (_req, res) => void res.sendStatus(204))
    })
    const url = await listen(app)
    const refused = await post(`${url}/strict`)
    expect([refused.status, await refused.json()]).toMatchObject([401, { code: 'timestamp_too_old' }])
    expect((await post(`${url}/lenient`)).status).toBe(204)
  })

  test('a sender that hangs up ends the wait for its body', async () => {
    const app = express()
    app.post('/webhooks', verifyWebhook({ secret }))
    const failure = new Promise<unknown>((resolve) => {
      app.use((error: unknown, _req: Request, _res: unknown, _next: unknown) => resolve(error))
    })
    const { port } = new URL(await listen(app))
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('POST /webhooks HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this', () =>
      socket.end(),
    )
    expect(await failure).toBeInstanceOf(Error)
  })
})

test('a secret that is missing or malformed stops the app at its start', () => {
  expect(() => verifyWebhook({ secret: process.env['NOT_SET'] })).toThrow(SignatureError)
  expect(() => verifyWebhook({ secret: [secret, 'whsec_short'] })).toThrow('is not base64')
})
