import { createLeadhooks, LeadhooksError, memoryStorage, type Leadhooks } from '@leadhooks/core'
import type { HttpHost } from '@leadhooks/core/conformance'
import type { KeyVerifier } from '@leadhooks/core/node-http'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listen, versions } from '../test/listen.ts'
import { requireApiKeyPlugin } from './require-api-key-plugin.ts'
import { requireApiKey } from './require-api-key.ts'

describe.each(versions)('Fastify $version', ({ fastify }) => {
  let leadhooks: Leadhooks
  let app: FastifyInstance
  let host: HttpHost
  let routes: (string | undefined)[]

  beforeEach(async () => {
    const storage = memoryStorage()
    const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
    leadhooks = createLeadhooks({ storage, encryptionKeys, apiKeys: { cache: { mostKeys: 0 } } })
    app = fastify()
    app.setErrorHandler<Error>((error, _request, reply) => reply.code(599).send(error.message))
    app.addHook('onSend', async (_request, reply, payload) => {
      reply.header('x-hook', 'sent')
      return payload
    })
    await app.register(requireApiKeyPlugin, { leadhooks })

    const permissions = ['read:contacts', 'write:contacts']
    const breakDown = async (): Promise<void> => {
      storage.findApiKeyByHash = () => Promise.reject(new LeadhooksError('storage_unavailable', 'gone'))
    }
    app.get('/any', { onRequest: app.requireApiKey() }, async ({ apiKey }) => ({ name: apiKey.name }))
    app.put('/contacts/:id', { onRequest: app.requireApiKey({ permissions }) }, (request, reply) =>
      reply.send(request.body),
    )
    app.get('/alone', { onRequest: requireApiKey(leadhooks) }, async ({ apiKey }) => ({ name: apiKey.name }))
    app.get('/broken', { onRequest: [breakDown, app.requireApiKey()] }, async () => 'never')
    const misspelt = { permision: ['read:contacts'] } as object
    app.get('/misspelt', { onRequest: app.requireApiKey(misspelt) }, async () => 'never')
    app.get('/fail', { preHandler: app.requireApiKey() }, async () => {
      throw new Error('the handler failed')
    })
    routes = []
    const verifier: KeyVerifier = {
      apiKeys: {
        verify(token, options) {
          routes.push(options?.route)
          return leadhooks.apiKeys.verify(token, options)
        },
      },
    }
    app.get('/leads/:id', { onRequest: requireApiKey(verifier) }, async () => 'a lead')
    app.get('/named/:id', { onRequest: requireApiKey(verifier, { route: 'read a lead' }) }, async () => 'it')
    app.get('/dear', { onRequest: app.requireApiKey({ cost: 2 }) }, async () => ({ served: true }))
    app.register(async (scope) => {
      scope.addHook('onRequest', scope.requireApiKey({ anyOf: ['read:deals', 'read:leads'] }))
      scope.get('/deals', async ({ apiKey }) => ({ name: apiKey.name }))
    })
    host = await listen(app)
  })
  afterEach(() => host.close())

  test('counts a use under the route as the app wrote it, or by the name that it is given', async () => {
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x', role: 'admin' })
    const headers = { 'x-api-key': token }
    for (const path of ['/leads/1', '/leads/2', '/named/1'])
      expect((await fetch(host.origin + path, { headers })).status).toBe(200)
    expect(routes).toEqual(['GET /leads/:id', 'GET /leads/:id', 'read a lead'])
  })

  async function get(
    path: string,
    headers: Record<string, string> = {},
    init: RequestInit = {},
  ): Promise<[number, unknown]> {
    const response = await fetch(host.origin + path, { headers, ...init })
    const text = await response.text()
    return [response.status, text.startsWith('{') ? JSON.parse(text) : text]
  }

  async function headersOf(path: string, token?: string): Promise<Headers> {
    const response = await fetch(
      host.origin + path,
      token === undefined ? {} : { headers: { 'x-api-key': token } },
    )
    await response.text()
    return response.headers
  }

  async function createToken(permissions?: string[]): Promise<string> {
    return (await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Zapier', permissions })).token
  }

  test.each(['/any', '/alone'])('%s: a key lets in, whichever header it comes in', async (path) => {
    const token = await createToken()
    expect(await get(path, { authorization: `Bearer ${token}` })).toMatchObject([200, { name: 'Zapier' }])
    expect(await get(path, { 'x-api-key': token })).toMatchObject([200, { name: 'Zapier' }])
  })

  test('a misspelt option lets nobody in', async () => {
    expect(await get('/misspelt', { 'x-api-key': await createToken() })).toEqual([
      599,
      'apiKeys.verify: the option `permision` is not known',
    ])
  })

  test('all permissions that are asked for are needed, or any of those that are asked for so', async () => {
    const all = await createToken(['*:contacts'])
    const one = await createToken(['read:contacts'])
    const put = { method: 'PUT', body: '{"a":1}' }
    const json = { 'content-type': 'application/json' }
    expect(await get('/contacts/1', { ...json, 'x-api-key': all }, put)).toMatchObject([200, { a: 1 }])
    const refused = await get('/contacts/1', { ...json, 'x-api-key': one }, put)
    expect(refused).toMatchObject([
      403,
      { code: 'forbidden', detail: expect.stringContaining('write:contacts') },
    ])
    const leads = await createToken(['read:leads'])
    expect(await get('/deals', { 'x-api-key': leads })).toMatchObject([200, { name: 'Zapier' }])
    expect(await get('/deals', { 'x-api-key': one })).toMatchObject([403, { code: 'forbidden' }])
  })

  test('without a good key the answer is a problem with 401, and the handler never runs', async () => {
    const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    await leadhooks.apiKeys.revoke({ organizationId: 'acme', id: apiKey.id })
    expect(await get('/any')).toMatchObject([401, { code: 'api_key_missing', status: 401 }])
    const headers = await headersOf('/any')
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-hook')).toBe('sent')
    expect(await get('/any', { 'x-api-key': 'noise' })).toMatchObject([401, { code: 'api_key_malformed' }])
    expect(await get('/any', { 'x-api-key': token })).toMatchObject([401, { code: 'api_key_revoked' }])
  })

  test('a caller without a key is refused before its body is parsed', async () => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'PUT', body: '{"unfinished":' }
    expect(await get('/contacts/1', headers, init)).toMatchObject([401, { code: 'api_key_missing' }])
  })

  test('an answer says how the limits of the key stand, and a refusal when to come again', async () => {
    const { token } = await leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'x',
      rateLimits: [{ name: 'hourly', limit: 3, windowMs: 3_600_000 }],
    })
    const first = await headersOf('/dear', token)
    expect(first.get('ratelimit-policy')).toBe('"hourly";q=3;w=3600')
    expect(first.get('x-ratelimit-remaining')).toBe('1')
    expect(await get('/dear', { 'x-api-key': token })).toMatchObject([429, { code: 'rate_limited' }])
    expect(Number((await headersOf('/dear', token)).get('retry-after'))).toBeGreaterThan(0)
    // What was refused has used up nothing.
    expect((await headersOf('/any', token)).get('x-ratelimit-remaining')).toBe('0')
    expect((await headersOf('/any')).has('ratelimit')).toBe(false)
  })

  test('a key with an allow-list is judged by the address that the app knows', async () => {
    const make = async (allowedIps: string[]): Promise<string> =>
      (await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x', allowedIps })).token
    expect((await get('/any', { 'x-api-key': await make(['127.0.0.0/8']) }))[0]).toBe(200)
    const elsewhere = await make(['203.0.113.0/24'])
    const spoofed = { 'x-api-key': elsewhere, 'x-forwarded-for': '203.0.113.7' }
    expect(await get('/any', spoofed)).toMatchObject([403, { code: 'ip_not_allowed' }])
  })

  test('a storage that is gone, and what the handler throws, are for the error handler of the app', async () => {
    const token = await createToken()
    expect(await get('/fail', { 'x-api-key': token })).toMatchObject([599, 'the handler failed'])
    expect(await get('/broken', { 'x-api-key': token })).toMatchObject([599, 'gone'])
  })
})
