import { beforeEach, describe, expect, test, vi } from 'vitest'
import { LeadhooksError } from '../errors.ts'
import { loggable } from '../logging/loggable.ts'
import { type Answer, type ApiUnderTest, createApi } from './api-under-test.ts'
import type { AuthorizedCaller } from './caller.ts'

const hook = { url: 'https://example.com/hooks' }

let api: ApiUnderTest
beforeEach(async () => {
  api = await createApi()
})

function code({ status, body }: Answer): unknown[] {
  return [status, body?.['code']]
}

async function idOf(answer: Promise<Answer>): Promise<string> {
  const { body } = await answer
  return String(body?.['id'])
}

describe('paths and methods', () => {
  test.each([
    '/nothing',
    '/key',
    '/keys/a/b',
    '/keys//',
    '/webhooks/a/enable/b',
    '/Keys',
    '//keys',
    '/api/v1/keys',
  ])('%s is no path of the API', async (path) => {
    expect(api.leadhooks.hasRoute(path)).toBe(false)
    expect(code(await api.request('GET', path))).toEqual([404, 'not_found'])
  })

  test('a slash at the end makes no difference', async () => {
    for (const path of ['', '/', '/keys', '/keys/']) {
      expect(api.leadhooks.hasRoute(path)).toBe(true)
      expect((await api.request('GET', path)).status).toBe(200)
    }
  })

  test('a literal segment wins over an id', async () => {
    expect(code(await api.request('GET', '/events/batch'))).toEqual([405, 'method_not_allowed'])
    expect(code(await api.request('GET', '/events/other'))).toEqual([404, 'not_found'])
  })

  test('a method that a path does not have is refused, naming those it has', async () => {
    for (const method of ['PUT', 'DELETE', 'PROPFIND']) {
      const answer = await api.request(method, '/keys', { key: '' })
      expect(code(answer)).toEqual([405, 'method_not_allowed'])
      expect(answer.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
    }
  })

  test('OPTIONS answers the methods, HEAD what GET answers without the body', async () => {
    const options = await api.request('OPTIONS', '/events/batch', { key: '' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS'])
    const get = await api.request('GET', '/keys')
    const head = await api.request('HEAD', '/keys')
    expect(head.body).toBeNull()
    expect([...head.headers]).toEqual([...get.headers])
    expect(await api.request('HEAD', '/keys/unknown')).toMatchObject({ status: 404, body: null })
  })

  test.each(['/api/v1', '/api/v1/', 'api/v1', '/a%20b/ü'])(
    'the base path %s is left out',
    async (basePath) => {
      const mounted = `/${basePath.replace(/^\/|\/$/g, '')}`
      for (const path of [mounted, `${mounted}/`, `${mounted}/keys`]) {
        expect((await api.request('GET', path, { options: { basePath } })).status).toBe(200)
      }
      for (const path of ['/keys', `${mounted}keys`, '/']) {
        expect(code(await api.request('GET', path, { options: { basePath } }))).toEqual([404, 'not_found'])
      }
    },
  )

  test('an id that cannot be decoded is one that there is not', async () => {
    for (const id of ['%E0%A4%A', '%', '%zz', 'a%2Fb', '..%2f']) {
      expect(code(await api.request('GET', `/webhooks/${id}`))).toEqual([404, 'not_found'])
    }
  })

  test('nothing is to be cached or sniffed', async () => {
    for (const path of ['/', '/keys', '/nothing', '/keys/unknown']) {
      const { headers } = await api.request('GET', path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})

describe('API keys as callers', () => {
  test('a key is taken from Authorization or from X-API-Key', async () => {
    const { adminKey: key } = api
    for (const headers of [
      { authorization: `Bearer ${key}` },
      { authorization: `bearer   ${key} ` },
      { 'x-api-key': key },
      { 'x-api-key': key, authorization: 'Bearer something.of.the.host' },
    ]) {
      expect((await api.request('GET', '/keys', { key: '', headers })).status).toBe(200)
    }
  })

  test.each([
    ['no key', {}, 'api_key_missing'],
    ['another scheme', { authorization: 'Basic YTpi' }, 'api_key_missing'],
    ['an empty header', { 'x-api-key': '' }, 'api_key_malformed'],
    ['noise', { authorization: 'Bearer noise' }, 'api_key_malformed'],
    ['a mistyped key', { authorization: `Bearer lh_live_${'a'.repeat(38)}` }, 'api_key_malformed'],
  ])('%s is refused with 401', async (_, headers, expected) => {
    const answer = await api.request('GET', '/keys', { key: '', headers })
    expect(code(answer)).toEqual([401, expected])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('keys that are unknown, revoked or expired are refused with 401', async () => {
    const { token: revoked, apiKey } = await api.leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'a',
    })
    await api.leadhooks.apiKeys.revoke({ organizationId: 'acme', id: apiKey.id })
    const expiresAt = new Date(api.clock.now() + 1000)
    const { token: expired } = await api.leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'b',
      expiresAt,
    })
    const unknown = (await createApi()).adminKey
    await api.clock.advance(1000)
    expect(code(await api.request('GET', '/webhooks', { key: revoked }))).toEqual([401, 'api_key_revoked'])
    expect(code(await api.request('GET', '/webhooks', { key: expired }))).toEqual([401, 'api_key_expired'])
    expect(code(await api.request('GET', '/webhooks', { key: unknown }))).toEqual([401, 'api_key_unknown'])
  })

  test('a key without the permission is refused with 403, which names it', async () => {
    const key = await api.createKey({ permissions: ['read:webhooks'] })
    expect((await api.request('GET', '/webhooks', { key })).status).toBe(200)
    const answer = await api.request('POST', '/webhooks', { key, body: hook })
    expect(code(answer)).toEqual([403, 'forbidden'])
    expect(answer.body?.['detail']).toContain('"write:webhooks"')
    expect(api.state.webhooks.size).toBe(0)
  })

  test('the roles keep what the design says', async () => {
    const [writer, reader] = [
      await api.createKey({ role: 'read_write' }),
      await api.createKey({ role: 'read_only' }),
    ]
    const may = async (key: string, method: string, path: string): Promise<boolean> =>
      (await api.request(method, path, { key })).body?.['code'] !== 'forbidden'
    expect(await may(writer, 'POST', '/webhooks')).toBe(true)
    expect(await may(writer, 'DELETE', '/webhooks/x')).toBe(true)
    expect(await may(writer, 'GET', '/keys')).toBe(false)
    expect(await may(writer, 'POST', '/keys')).toBe(false)
    expect(await may(reader, 'GET', '/deliveries')).toBe(true)
    expect(await may(reader, 'POST', '/events')).toBe(false)
  })

  test('a key needs no same site', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await api.request('POST', '/webhooks', { headers, body: hook })).status).toBe(201)
  })

  test("another organization's rows are not found, exactly as unknown ones", async () => {
    const key = await api.createKey({ role: 'admin', organizationId: 'globex' })
    const id = await idOf(api.request('POST', '/webhooks', { body: hook }))
    const foreign = await api.request('GET', `/webhooks/${id}`, { key })
    const unknown = await api.request('GET', '/webhooks/whk_unknown', { key })
    expect(foreign.status).toBe(404)
    expect(JSON.stringify(foreign.body).replace(id, 'whk_unknown')).toBe(JSON.stringify(unknown.body))
    const calls = ['GET', 'PATCH', 'PUT', 'DELETE'].map((method) =>
      api.request(method, `/webhooks/${id}`, { key, ...(method.startsWith('P') && { body: hook }) }),
    )
    for (const answer of await Promise.all(calls)) expect(answer.status).toBe(404)
    expect((await api.request('GET', `/webhooks/${id}`)).status).toBe(200)
  })
})

describe('callers that the host vouches for', () => {
  const sameSite = { 'sec-fetch-site': 'same-origin' }
  const as = (caller: AuthorizedCaller | null) => ({ key: '', options: { authorize: () => caller } })
  const ada = { actor: 'ada', organizationId: 'acme' }

  test('may do everything, or what their permissions say', async () => {
    expect(
      (await api.request('POST', '/webhooks', { ...as(ada), headers: sameSite, body: hook })).status,
    ).toBe(201)
    const reader = as({ ...ada, permissions: ['read:webhooks'] })
    expect((await api.request('GET', '/webhooks', reader)).status).toBe(200)
    expect(code(await api.request('GET', '/events', reader))).toEqual([403, 'forbidden'])
  })

  test('see their own organization', async () => {
    const id = await idOf(api.request('POST', '/webhooks', { body: hook }))
    expect((await api.request('GET', `/webhooks/${id}`, as(ada))).status).toBe(200)
    const other = as({ ...ada, organizationId: 'globex' })
    expect(code(await api.request('GET', `/webhooks/${id}`, other))).toEqual([404, 'not_found'])
  })

  test('nobody is let in where the host says null, or has no rule', async () => {
    expect(code(await api.request('GET', '/keys', as(null)))).toEqual([401, 'api_key_missing'])
    expect(code(await api.request('GET', '/keys', { key: '' }))).toEqual([401, 'api_key_missing'])
  })

  test('a bearer token of the host is for the host to judge; an API key that is bad is not', async () => {
    const bearer = { authorization: 'Bearer header.payload.signature' }
    expect((await api.request('GET', '/keys', { ...as(ada), headers: bearer })).status).toBe(200)
    const key = (await createApi()).adminKey
    expect(code(await api.request('GET', '/keys', { ...as(ada), key }))).toEqual([401, 'api_key_unknown'])
  })

  test.each([
    ['without a word of where it comes from', {}],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'https://crm.example' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from an origin that begins alike', { origin: 'https://crm.example.evil.example' }],
    ['from another port', { origin: 'https://crm.example:8443' }],
    ['from a sandboxed frame', { origin: 'null' }],
  ])('a change %s is refused', async (_, headers: Record<string, string>) => {
    for (const [method, path] of [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/x'],
      ['PUT', '/webhooks/x'],
      ['DELETE', '/webhooks/x'],
    ] as const) {
      const body = method === 'DELETE' ? {} : { body: hook }
      expect(code(await api.request(method, path, { ...as(ada), headers, ...body }))).toEqual([
        403,
        'cross_site_request',
      ])
    }
    expect(api.state.webhooks.size).toBe(0)
    expect((await api.request('GET', '/webhooks', { ...as(ada), headers })).status).toBe(200)
  })

  test.each([
    ['that the browser says is from this site', sameSite],
    ['that the user typed', { 'sec-fetch-site': 'none' }],
    ['from this origin', { origin: 'https://crm.example' }],
    ['from this host, TLS ended by a proxy', { origin: 'http://crm.example' }],
  ])('a change %s is let in', async (_, headers: Record<string, string>) => {
    expect((await api.request('POST', '/webhooks', { ...as(ada), headers, body: hook })).status).toBe(201)
  })

  test('staff name the organization that they act for', async () => {
    const staff = as({ ...ada, organizationId: '*' })
    expect(code(await api.request('GET', '/keys', staff))).toEqual([400, 'invalid_request'])
    const acting = { ...staff, headers: { 'leadhooks-organization': 'acme' } }
    expect((await api.request('GET', '/keys', acting)).status).toBe(200)
  })

  test('organizations are for staff, and not for the administrator of one', async () => {
    const organization = { id: 'globex', name: 'Globex', eventsPerMinute: 600 }
    const request = { headers: sameSite, body: organization }
    const staff = { ...as({ ...ada, organizationId: '*' }), ...request }
    expect(await api.request('POST', '/organizations', staff)).toMatchObject({
      status: 200,
      body: organization,
    })
    for (const other of [{ ...as(ada), ...request }, request])
      expect(code(await api.request('POST', '/organizations', other))).toEqual([403, 'forbidden'])
    expect(code(await api.request('PATCH', '/organization', { body: { eventsPerMinute: 1 } }))).toEqual([
      400,
      'invalid_request',
    ])
  })

  test('a rule that answers nonsense, or throws, lets nobody in and is logged', async () => {
    const nonsense = as(JSON.parse('{"actor":"ada"}'))
    expect(code(await api.request('GET', '/keys', nonsense))).toEqual([500, 'invalid_options'])
    const authorize = (): never => {
      throw new Error('no session store')
    }
    const answer = await api.request('GET', '/keys', { key: '', options: { authorize } })
    expect(code(answer)).toEqual([500, 'internal'])
    expect(JSON.stringify(answer.body)).not.toContain('session')
    expect(api.faults).toHaveLength(2)
  })
})

describe('no caller can grant an API key more than it may do itself', () => {
  const keys = { permissions: ['write:api-keys', 'read:api-keys', 'read:contacts'] }

  test.each([
    [{ role: 'admin' }],
    [{ role: 'read_only' }],
    [{}],
    [{ permissions: ['*'] }],
    [{ permissions: ['read:*'] }],
    [{ permissions: ['read:contacts', 'write:contacts'] }],
  ])('POST /keys with %j', async (access) => {
    const key = await api.createKey(keys)
    const before = api.state.apiKeys.size
    expect(code(await api.request('POST', '/keys', { key, body: { name: 'x', ...access } }))).toEqual([
      403,
      'forbidden',
    ])
    expect(api.state.apiKeys.size).toBe(before)
  })

  test('what it may do, it may grant', async () => {
    const key = await api.createKey(keys)
    const made = await api.request('POST', '/keys', {
      key,
      body: { name: 'x', permissions: ['read:contacts'] },
    })
    expect(made.status).toBe(201)
    const path = `/keys/${String(made.body?.['id'])}`
    const changed = await api.request('PATCH', path, { key, body: { permissions: keys.permissions } })
    expect(changed.body?.['permissions']).toEqual(keys.permissions)
    expect((await api.request('PATCH', path, { key, body: { name: 'y', role: null } })).status).toBe(200)
  })

  test.each([{ role: 'admin' }, { permissions: ['*'] }, { permissions: ['delete:api-keys'] }])(
    'PATCH /keys/{id} with %j, its own key or another',
    async (changes) => {
      const { token: key, apiKey } = await api.leadhooks.apiKeys.create({
        organizationId: 'acme',
        name: 'x',
        ...keys,
      })
      expect(code(await api.request('PATCH', `/keys/${apiKey.id}`, { key, body: changes }))).toEqual([
        403,
        'forbidden',
      ])
      expect(await api.leadhooks.apiKeys.get({ organizationId: 'acme', id: apiKey.id })).toEqual(apiKey)
    },
  )

  test('a stronger key is not to be changed at all: it could be made to outlive its expiry', async () => {
    const key = await api.createKey(keys)
    const { apiKey } = await api.leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'x',
      role: 'admin',
    })
    for (const body of [{ expiresAt: null }, { name: 'y' }, { permissions: ['read:contacts'] }]) {
      expect(code(await api.request('PATCH', `/keys/${apiKey.id}`, { key, body }))).toEqual([
        403,
        'forbidden',
      ])
    }
  })
})

describe('bodies', () => {
  const post = (
    body: string | ReadableStream | null,
    headers: Record<string, string> = {},
  ): Promise<Response> => {
    const request = new Request('https://crm.example/webhooks', {
      method: 'POST',
      headers: { authorization: `Bearer ${api.adminKey}`, 'content-type': 'application/json', ...headers },
      body,
      duplex: 'half',
    })
    return api.leadhooks.fetch(request)
  }

  test.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/vnd.api+json',
  ])('are read as %s', async (type) => {
    expect((await post(JSON.stringify(hook), { 'content-type': type })).status).toBe(201)
  })

  test.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-encoding': 'gzip' },
  ])('are refused with %j', async (headers: Record<string, string>) => {
    const response = await post(JSON.stringify(hook), headers)
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' })
  })

  test('may be missing or empty only where nothing is asked for', async () => {
    const { id } = (await api.leadhooks.webhooks.create({ organizationId: 'acme', ...hook })).webhook
    for (const body of [undefined, {}]) {
      expect((await api.request('POST', `/webhooks/${id}/enable`, { body })).status).toBe(200)
    }
    expect(code(await api.request('POST', `/webhooks/${id}/enable`, { body: { a: 1 } }))).toEqual([
      400,
      'invalid_request',
    ])
    expect((await post(null)).status).toBe(400)
    expect((await post('')).status).toBe(400)
  })

  test('are read no further than the limit', async () => {
    let pulled = 0
    let isCancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(Buffer.alloc(65_536, ' '))
      },
      cancel: () => void (isCancelled = true),
    })
    const response = await post(endless)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'payload_too_large' })
    expect(pulled).toBeLessThan(8)
    expect(isCancelled).toBe(true)
  })

  test('that say they are too long are not read at all', async () => {
    let pulled = 0
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 })
    expect((await post(body, { 'content-length': '262145' })).status).toBe(413)
    expect(pulled).toBe(0)
  })

  test('of exactly the limit, in bytes or levels, pass; one more does not', async () => {
    const length = (bytes: number) => JSON.stringify(hook).padEnd(bytes)
    expect((await post(length(262_144))).status).toBe(201)
    expect((await post(length(262_145))).status).toBe(413)
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    expect(await (await post(nested(64))).json()).toMatchObject({ code: 'invalid_request' })
    expect(await (await post(nested(65))).json()).toMatchObject({ code: 'payload_too_large' })
    expect(await (await post(nested(100_000))).json()).toMatchObject({ code: 'payload_too_large' })
  })

  test('that break off are the fault of the client', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('socket hang up')) })
    const response = await post(broken)
    expect(await response.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(api.faults).toEqual([])
  })

  test('that the host has read already are the fault of the host', async () => {
    const headers = { authorization: `Bearer ${api.adminKey}`, 'content-type': 'application/json' }
    const request = new Request('https://crm.example/webhooks', { method: 'POST', headers, body: '{}' })
    await request.text()
    expect((await api.leadhooks.fetch(request)).status).toBe(500)
    expect(api.faults).toEqual([
      expect.objectContaining({ err: expect.objectContaining({ message: expect.any(String) }) }),
    ])
  })

  test('that are no JSON are not quoted', async () => {
    const response = await post('{"secret":"whsec_verysecret" "url"')
    const text = await response.text()
    expect(text).toContain('malformed_json')
    expect(text).not.toContain('whsec_')
  })
})

describe('what goes wrong on our side', () => {
  test.each([
    [new Error('connect ECONNREFUSED 10.0.0.5'), 500, 'internal'],
    [
      new LeadhooksError('storage_unavailable', 'database /var/lib/crm.db is locked'),
      503,
      'storage_unavailable',
    ],
    [new LeadhooksError('storage_corrupt', 'row 17'), 500, 'storage_corrupt'],
    ['a string', 500, 'internal'],
  ])('%s is answered without its reason, and logged', async (error, status, expected) => {
    api.storage.listWebhooks = vi.fn().mockRejectedValue(error)
    const answer = await api.request('GET', '/webhooks?limit=7')
    expect(code(answer)).toEqual([status, expected])
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null)
    expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|10\.0|crm\.db|row 17|at .*\.ts|a string/)
    expect(api.faults).toEqual([{ err: loggable(error), method: 'GET', path: '/webhooks' }])
  })

  test('what the caller did wrong is not logged', async () => {
    await api.request('GET', '/keys/unknown')
    await api.request('POST', '/webhooks', { body: '{' })
    expect(api.faults).toEqual([])
  })
})

test('a problem has the form of RFC 9457', async () => {
  const answer = await api.request('POST', '/webhooks', {
    body: { url: 'https://example.com', 'a/b': 1, timeoutMs: '5' },
  })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body).toEqual({
    type: 'https://leadhooks.dev/errors#invalid_request',
    title: 'Invalid request',
    status: 400,
    code: 'invalid_request',
    detail: expect.any(String),
    errors: [
      { pointer: '/timeoutMs', detail: expect.any(String) },
      { pointer: '/a~1b', detail: 'Unknown field' },
    ],
  })
})
