import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { createGunzip, gzipSync } from 'node:zlib'
import { createLeadhooks, memoryStorage } from '@leadhooks/core'
import { httpConformance, type HttpHost, type HttpHostOptions } from '@leadhooks/core/conformance'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { listen, versions } from '../test/listen.ts'
import { leadhooksFastify } from './leadhooks-fastify.ts'

const closing: HttpHost[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((host) => host.close()))
})

/** Starts an app whose errors are answered as text with 599, and whatever nobody answered with 418. */
async function start(app: FastifyInstance): Promise<string> {
  app.setNotFoundHandler((_request, reply) => reply.code(418).send('host'))
  app.setErrorHandler<Error>((error, _request, reply) => reply.code(599).send(error.message))
  const host = await listen(app)
  closing.push(host)
  return host.origin
}

function createTestLeadhooks() {
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
  return createLeadhooks({ storage: memoryStorage(), encryptionKeys })
}

const hook = JSON.stringify({ url: 'https://example.com/hooks' })
const post = {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
  body: hook,
}

function throwFault(): never {
  throw new Error('no session store')
}

const ada = () => ({ actor: 'ada', organizationId: 'acme' })

describe.each(versions)('Fastify $version', ({ fastify }) => {
  const serve = ({ leadhooks, mount, parsesJson, authorize }: HttpHostOptions): Promise<HttpHost> => {
    const app = fastify()
    if (parsesJson) {
      app.addContentTypeParser(['application/json', 'text/csv'], { parseAs: 'string' }, (_, body, done) =>
        done(null, JSON.parse(String(body))),
      )
    }
    app.register(leadhooksFastify, { leadhooks, prefix: mount, ...(authorize && { authorize }) })
    app.setNotFoundHandler((_request, reply) => reply.code(418).send('host'))
    return listen(app)
  }

  for (const { name, run } of httpConformance) test(name, () => run(serve))

  test('the rule of the host gets the request as Fastify has it', async () => {
    const leadhooks = createTestLeadhooks()
    const users = new WeakMap<FastifyRequest, string>()
    const authorize = (request: FastifyRequest) => {
      const actor = users.get(request)
      return actor === undefined ? null : { actor, organizationId: 'acme' }
    }
    const app = fastify()
    app.register(async (scope) => {
      scope.addHook('onRequest', async (request) => void users.set(request, 'ada'))
      scope.register(leadhooksFastify, { leadhooks, authorize, prefix: '/signed-in' })
    })
    app.register(leadhooksFastify, { leadhooks, authorize, prefix: '/signed-out' })
    const origin = await start(app)
    expect((await fetch(`${origin}/signed-in/webhooks`, post)).status).toBe(201)
    expect((await fetch(`${origin}/signed-out/webhooks`, post)).status).toBe(401)
    expect((await leadhooks.webhooks.list({ organizationId: 'acme' })).data).toHaveLength(1)
  })

  test.each([
    ['throws', (): never => throwFault()],
    ['rejects', async (): Promise<never> => throwFault()],
  ])('when that rule %s, the error handler of the app gets it', async (_, authorize) => {
    const app = fastify()
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks(), authorize })
    const response = await fetch(`${await start(app)}/webhooks`, post)
    expect([response.status, await response.text()]).toEqual([599, 'no session store'])
  })

  test('the parsers of the app stay as they are, beside it and after it', async () => {
    const app = fastify()
    app.post('/before', (request, reply) => reply.send(request.body))
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks(), prefix: '/api', authorize: ada })
    app.post('/after', (request, reply) => reply.send(request.body))
    const origin = await start(app)
    expect((await fetch(`${origin}/api/webhooks`, post)).status).toBe(201)
    for (const path of ['/before', '/after']) {
      expect(await (await fetch(origin + path, post)).text()).toBe(hook)
      const csv = { ...post, headers: { 'content-type': 'text/csv' } }
      expect((await fetch(origin + path, csv)).status).toBe(599)
    }
  })

  test('hooks of the app run: its headers arrive, and what it does to bodies is done to these', async () => {
    const app = fastify()
    const statuses: number[] = []
    app.addHook('onRequest', async (_request, reply) => void reply.header('x-request-id', '7'))
    app.addHook('onSend', async (_request, reply, payload) => {
      reply.header('x-hook', 'sent')
      return payload
    })
    app.addHook('onResponse', async (_request, reply) => void statuses.push(reply.statusCode))
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks() })
    const response = await fetch(`${await start(app)}/webhooks`)
    expect(response.headers.get('x-request-id')).toBe('7')
    expect(response.headers.get('x-hook')).toBe('sent')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    await response.text()
    await expect.poll(() => statuses).toEqual([401])
  })

  test('a body that a hook of the app has unpacked is read unpacked', async () => {
    const app = fastify()
    app.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(createGunzip()))
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks(), authorize: ada })
    const headers = { ...post.headers, 'content-encoding': 'gzip' }
    const response = await fetch(`${await start(app)}/webhooks`, {
      ...post,
      headers,
      body: new Uint8Array(gzipSync(hook)),
    })
    expect([response.status, await response.json()]).toMatchObject([
      201,
      { url: 'https://example.com/hooks' },
    ])
  })

  test('it works in scopes within scopes, with parameters in their prefixes', async () => {
    const leadhooks = createTestLeadhooks()
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    const app = fastify()
    app.register(
      async (outer) => {
        outer.register(async (inner) => void inner.register(leadhooksFastify, { leadhooks, prefix: '/v1' }), {
          prefix: '/tenants/:tenant',
        })
      },
      { prefix: '/api' },
    )
    const url = `${await start(app)}/api/tenants/%C3%BC%20x/v1`
    for (const path of ['/webhooks', '/webhooks/', '/webhooks?limit=1', '/webhooks/?limit=1']) {
      const response = await fetch(url + path, { headers: { 'x-api-key': token } })
      expect(response.status).toBe(200)
    }
    for (const path of ['', '/']) {
      const about: unknown = JSON.parse(await (await fetch(url + path)).text())
      expect(about).toMatchObject({ links: { openapi: '/api/tenants/%C3%BC%20x/v1/openapi.json' } })
    }
  })

  test('an app that ignores slashes at the end keeps doing so', async () => {
    const app = fastify({ ignoreTrailingSlash: true })
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks(), prefix: '/api' })
    const origin = await start(app)
    for (const path of ['/api', '/api/']) expect((await fetch(origin + path)).status).toBe(200)
    for (const path of ['/api/webhooks', '/api/webhooks/'])
      expect((await fetch(origin + path)).status).toBe(401)
  })

  test('the routes of the app come first, wherever they are declared', async () => {
    const app = fastify()
    app.get('/webhooks/mine', (_request, reply) => reply.send('mine'))
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks() })
    app.get('/other', (_request, reply) => reply.send('other'))
    const origin = await start(app)
    expect(await (await fetch(`${origin}/webhooks/mine`)).text()).toBe('mine')
    expect(await (await fetch(`${origin}/other`)).text()).toBe('other')
    expect((await fetch(`${origin}/webhooks/yours`)).status).toBe(401)
  })

  test('it can be mounted twice, each with its own rule', async () => {
    const leadhooks = createTestLeadhooks()
    const app = fastify()
    app.register(leadhooksFastify, { leadhooks, prefix: '/public' })
    app.register(leadhooksFastify, { leadhooks, prefix: '/internal', authorize: ada })
    const origin = await start(app)
    expect((await fetch(`${origin}/public/webhooks`)).status).toBe(401)
    expect((await fetch(`${origin}/internal/webhooks`)).status).toBe(200)
  })

  test('behind a proxy that the app trusts, the request is known by its public protocol and client', async () => {
    const seen: unknown[] = []
    const app = fastify({ trustProxy: true })
    const fetchAndTell: ReturnType<typeof createLeadhooks>['fetch'] = async (request, options) => {
      seen.push(request.url, options?.clientAddress)
      return new Response('ok')
    }
    app.register(leadhooksFastify, {
      leadhooks: { fetch: fetchAndTell, hasRoute: () => true },
      prefix: '/api',
    })
    const origin = await start(app)
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
    await fetch(`${origin}/api/keys`, { headers })
    expect(seen).toEqual([`${origin.replace('http:', 'https:')}/api/keys`, '203.0.113.7'])
  })

  test('a client that goes on sending after its answer is hung up on', async () => {
    const app = fastify()
    app.register(leadhooksFastify, { leadhooks: createTestLeadhooks() })
    const client = httpRequest(`${await start(app)}/webhooks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    client.on('error', () => {})
    client.write('{')
    const [response] = await once(client, 'response')
    expect(JSON.parse(await text(response))).toMatchObject({ code: 'api_key_missing' })
    await once(client, 'close')
  })
})
