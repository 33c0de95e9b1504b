import { createLeadhooks, LeadhooksError, memoryStorage, type Leadhooks } from '@leadhooks/core'
import type { HttpHost } from '@leadhooks/core/conformance'
import type { KeyVerifier } from '@leadhooks/core/node-http'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listen, versions } from '../test/listen.ts'
import { requireApiKey } from './require-api-key.ts'

describe.each(versions)('Express $version', ({ express }) => {
  let leadhooks: Leadhooks
  let host: HttpHost
  let routes: (string | undefined)[]

  beforeEach(async () => {
    const storage = memoryStorage()
    const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
    leadhooks = createLeadhooks({ storage, encryptionKeys })
    const showKey: RequestHandler = (req, res) => void res.json({ name: req.apiKey?.name ?? null })
    const fail: RequestHandler = () => {
      throw new Error('the handler failed')
    }
    const breakDown: RequestHandler = (_req, _res, next) => {
      storage.findApiKeyByHash = () => Promise.reject(new LeadhooksError('storage_unavailable', 'gone'))
      next()
    }
    const onError: ErrorRequestHandler = (error: Error, _req, res, _next) =>
      void res.status(599).send(error.message)
    const app = express()
    app.get('/any', requireApiKey(leadhooks), showKey)
    app.use(
      '/contacts',
      requireApiKey(leadhooks, { permissions: ['read:contacts', 'write:contacts'] }),
      showKey,
    )
    app.get('/broken', breakDown, requireApiKey(leadhooks), showKey)
    app.get('/misspelt', requireApiKey(leadhooks, { permision: ['read:contacts'] } as object), showKey)
    app.get('/fail', requireApiKey(leadhooks), fail)
    routes = []
    const verifier: KeyVerifier = {
      apiKeys: {
        verify(token, options) {
          routes.push(options?.route)
          return leadhooks.apiKeys.verify(token, options)
        },
      },
    }
    app.get('/leads/:id', requireApiKey(verifier), showKey)
    app.get('/named/:id', requireApiKey(verifier, { route: 'read a lead' }), showKey)
    app.use('/mounted', requireApiKey(verifier), showKey)
    app.get('/open', showKey)
    app.use(onError)
    host = await listen(app)
  })
  afterEach(() => host.close())

  test('counts a use under the route as the app wrote it, or by the name that it is given', async () => {
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x', role: 'admin' })
    const headers = { 'x-api-key': token }
    for (const path of ['/leads/1', '/leads/2', '/named/1', '/mounted/x'])
      expect((await fetch(host.origin + path, { headers })).status).toBe(200)
    expect(routes).toEqual(['GET /leads/:id', 'GET /leads/:id', 'read a lead', undefined])
  })

  async function get(
    path: string,
    headers: Record<string, string> = {},
    method = 'GET',
  ): Promise<[number, unknown]> {
    const response = await fetch(host.origin + path, { method, headers })
    const text = await response.text()
    return [response.status, text.startsWith('{') ? JSON.parse(text) : text]
  }

  async function createToken(permissions?: string[]): Promise<string> {
    return (await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Zapier', permissions })).token
  }

  test('a misspelt option lets nobody in', async () => {
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x', role: 'admin' })
    expect(await get('/misspelt', { 'x-api-key': token })).toEqual([
      599,
      'apiKeys.verify: the option `permision` is not known',
    ])
  })

  test('a key lets in, whichever header it comes in, and is there for the handler', async () => {
    const token = await createToken()
    expect(await get('/any', { authorization: `Bearer ${token}` })).toEqual([200, { name: 'Zapier' }])
    expect(await get('/any', { 'x-api-key': token })).toEqual([200, { name: 'Zapier' }])
    expect(await get('/open', { 'x-api-key': token })).toEqual([200, { name: null }])
  })

  test('all permissions that are asked for are needed', async () => {
    const all = await createToken(['*:contacts'])
    const one = await createToken(['read:contacts'])
    expect(await get('/contacts/1', { 'x-api-key': all }, 'PUT')).toEqual([200, { name: 'Zapier' }])
    const [status, problem] = await get('/contacts/1', { 'x-api-key': one })
    expect(status).toBe(403)
    expect(problem).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('"write:contacts"') })
  })

  test('without a good key the answer is a problem with 401, and the handler never runs', async () => {
    const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    await leadhooks.apiKeys.revoke({ organizationId: 'acme', id: apiKey.id })
    expect(await get('/any')).toMatchObject([401, { code: 'api_key_missing', status: 401 }])
    expect(await get('/any', { 'x-api-key': 'noise' })).toMatchObject([401, { code: 'api_key_malformed' }])
    expect(await get('/any', { 'x-api-key': token })).toMatchObject([401, { code: 'api_key_revoked' }])
    const response = await fetch(`${host.origin}/any`)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('a storage that is gone is for the error handlers of the app', async () => {
    expect(await get('/broken', { 'x-api-key': await createToken() })).toEqual([599, 'gone'])
  })

  test('so is what the handler behind it throws', async () => {
    expect(await get('/fail', { 'x-api-key': await createToken() })).toEqual([599, 'the handler failed'])
  })
})
