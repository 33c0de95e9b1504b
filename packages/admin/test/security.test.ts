import type { Leadhooks } from '@leadhooks/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdminOptions, leadhooksAdmin } from '../src/index.ts'
import { actorOf, openLeadhooks } from './stage.ts'

let leadhooks: Leadhooks
beforeAll(async () => {
  leadhooks = await openLeadhooks()
})
afterAll(() => leadhooks.close())

interface Ask {
  method?: string
  role?: string
  headers?: Record<string, string>
  body?: unknown
  options?: Partial<AdminOptions>
}

/** Asks as the page does, unless told otherwise. */
function ask(
  path: string,
  { method = 'GET', role, headers = {}, body, options }: Ask = {},
): Promise<Response> {
  const admin = leadhooksAdmin(leadhooks, {
    authorize: (request) => actorOf(request.headers.get('cookie')),
    ...options,
  })
  return admin(
    new Request(`https://crm.example/admin/${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(role !== undefined && { cookie: `role=${role}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  )
}

async function codeOf(answer: Promise<Response>): Promise<string> {
  const response = await answer
  const { code } = (await response.json()) as { code: string }
  return `${response.status} ${code}`
}

/** Every method of every path of the management API that changes something. */
async function unsafeRoutes(): Promise<[method: string, path: string][]> {
  const response = await ask('-/api/openapi.json', { role: 'viewer' })
  const { paths } = (await response.json()) as { paths: Record<string, object> }
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method): [string, string] => [method.toUpperCase(), path]),
  )
  return routes.filter(([method]) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
}

describe('closed', () => {
  test('without a rule nothing starts', () => {
    for (const options of [{}, { authorize: undefined }, { authorize: true }]) {
      expect(() => leadhooksAdmin(leadhooks, options as never)).toThrow(/needs `authorize`/)
    }
  })

  test('who is nobody gets a page that says so, and no data', async () => {
    const page = await ask('')
    expect(page.status).toBe(403)
    expect(await page.text()).toContain('You may not see this')
    expect(await codeOf(ask('-/session'))).toBe('401 signed_out')
    expect(await codeOf(ask('-/api/webhooks'))).toBe('401 signed_out')
    expect(await codeOf(ask('-/api/openapi.json'))).toBe('401 signed_out')
  })

  test('or is sent to where people sign in', async () => {
    const response = await ask('', { options: { signInUrl: '/login' } })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/login'])
  })

  test('an API key opens nothing here', async () => {
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'k', role: 'admin' })
    const headers = { authorization: `Bearer ${token}` }
    expect(await codeOf(ask('-/api/webhooks', { headers }))).toBe('401 signed_out')
    expect(await codeOf(ask('-/api/keys', { role: 'nobody', headers }))).toBe('403 forbidden')
    expect(await codeOf(ask('-/api/keys', { role: 'nobody', headers: { 'x-api-key': token } }))).toBe(
      '403 forbidden',
    )
  })

  test.each([
    ['no organization', { id: 'jane', capabilities: 'admin' }],
    ['the star that stands for all', { id: 'jane', organizationId: '*', capabilities: 'admin' }],
    ['a preset that there is not', { id: 'jane', organizationId: 'acme', capabilities: 'root' }],
    ['what is no permission', { id: 'jane', organizationId: 'acme', capabilities: ['everything'] }],
    ['nothing of what they may do', { id: 'jane', organizationId: 'acme' }],
  ])('a rule that names %s lets nobody in, and says what is wrong', async (_, actor) => {
    const options = { authorize: () => actor as never }
    await expect(ask('-/api/webhooks', { options })).rejects.toMatchObject({ code: 'invalid_options' })
  })
})

describe('what somebody may do', () => {
  test('who may read gets 403 for each call that changes something, secrets included', async () => {
    const { webhook } = await leadhooks.webhooks.create({
      organizationId: 'acme',
      url: 'http://127.0.0.1:19009/',
    })
    const routes = await unsafeRoutes()
    expect(routes.length).toBeGreaterThan(25)
    for (const [method, path] of routes) {
      const at = `-/api${path.replace('{id}', webhook.id)}`
      expect([method, path, await codeOf(ask(at, { method, role: 'viewer', body: {} }))]).toEqual([
        method,
        path,
        '403 forbidden',
      ])
    }
  })

  test('where all is read-only nobody changes anything, whatever they may do', async () => {
    const options = { readOnly: true }
    for (const [method, path] of await unsafeRoutes()) {
      const answer = ask(`-/api${path.replace('{id}', 'x')}`, { method, role: 'admin', body: {}, options })
      expect([method, path, await codeOf(answer)]).toEqual([method, path, '403 forbidden'])
    }
    const session = await (await ask('-/session', { role: 'admin', options })).json()
    expect(session).toMatchObject({ isReadOnly: true })
    expect(JSON.stringify(session)).not.toMatch(/"(write|delete|\*)|secrets/)
  })

  test('an operator looks after webhooks and deliveries, and not after keys', async () => {
    const body = { url: 'http://127.0.0.1:19009/hooks' }
    expect((await ask('-/api/webhooks', { method: 'POST', role: 'operator', body })).status).toBe(201)
    const key = { name: 'k', role: 'admin' }
    expect(await codeOf(ask('-/api/keys', { method: 'POST', role: 'operator', body: key }))).toBe(
      '403 forbidden',
    )
  })
})

describe('whose data it is', () => {
  test("another organization's ids are answered like ids that there are not", async () => {
    const theirs = { organizationId: 'globex' }
    const { webhook } = await leadhooks.webhooks.create({ ...theirs, url: 'http://127.0.0.1:19009/' })
    const { apiKey } = await leadhooks.apiKeys.create({ ...theirs, name: 'k' })
    const paths = [`webhooks/${webhook.id}`, `webhooks/${webhook.id}/health`, `keys/${apiKey.id}`]
    const headers = { 'leadhooks-organization': 'globex' }
    for (const path of paths) {
      expect(await codeOf(ask(`-/api/${path}`, { role: 'admin', headers }))).toBe('404 not_found')
    }
    const remove = ask(`-/api/webhooks/${webhook.id}`, { method: 'DELETE', role: 'admin', headers })
    expect(await codeOf(remove)).toBe('404 not_found')
    expect(await codeOf(ask('-/api/organizations', { role: 'admin' }))).toBe('403 forbidden')
  })

  test('staff say for whom they act', async () => {
    expect(await codeOf(ask('-/api/webhooks', { role: 'staff' }))).toBe('400 invalid_request')
    const headers = { 'leadhooks-organization': 'globex' }
    const { data } = (await (await ask('-/api/webhooks', { role: 'staff', headers })).json()) as {
      data: object[]
    }
    expect(data).toHaveLength(1)
    expect((await ask('-/api/organizations', { role: 'staff' })).status).toBe(200)
  })

  test('the audit log has who it was, and from where', async () => {
    const admin = leadhooksAdmin(leadhooks, { authorize: () => actorOf('role=admin') })
    const request = new Request('https://crm.example/admin/-/api/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ name: 'by hand' }),
    })
    expect((await admin(request, { clientAddress: '203.0.113.7' })).status).toBe(201)
    const { data } = await leadhooks.audit.list({ organizationId: 'acme', limit: 1 })
    expect(data[0]?.actor).toMatchObject({ type: 'user', id: 'jane@acme.example', ip: '203.0.113.7' })
  })
})

describe('other sites', () => {
  const body = { name: 'k' }
  const create = (headers: Record<string, string>) =>
    ask('-/api/keys', { method: 'POST', role: 'admin', body, headers })

  test.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://crm.example' }],
  ])('cannot make a browser change something: %o', async (headers) => {
    expect(await codeOf(create(headers))).toBe('403 cross_site_request')
  })

  test('browsers that do not say where a request comes from are asked for its origin', async () => {
    const old = (headers: Record<string, string>) => {
      const admin = leadhooksAdmin(leadhooks, { authorize: () => actorOf('role=admin') })
      return admin(
        new Request('http://crm.example/-/api/keys', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      )
    }
    expect(await codeOf(old({}))).toBe('403 cross_site_request')
    expect(await codeOf(old({ origin: 'null' }))).toBe('403 cross_site_request')
    expect(await codeOf(old({ origin: 'https://evil.example' }))).toBe('403 cross_site_request')
    expect((await old({ origin: 'http://crm.example' })).status).toBe(201)
  })

  test('nothing that a form can send is taken', async () => {
    const headers = { 'content-type': 'text/plain' }
    expect(await codeOf(create(headers))).toBe('415 unsupported_media_type')
  })

  test('may not show the pages in a frame, unless they are named', async () => {
    const closed = await ask('', { role: 'admin' })
    expect(closed.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(closed.headers.get('x-frame-options')).toBe('DENY')
    const options = { frameAncestors: ["'self'", 'https://crm.example'] }
    const open = await ask('', { role: 'admin', options })
    expect(open.headers.get('content-security-policy')).toMatch(
      /frame-ancestors 'self' https:\/\/crm\.example$/,
    )
    expect(open.headers.get('x-frame-options')).toBeNull()
  })
})

describe('headers', () => {
  test('every answer, whatever it is, says that nothing comes from elsewhere', async () => {
    const answers = [
      ask(''),
      ask('', { role: 'admin' }),
      ask('-/session', { role: 'admin' }),
      ask('-/api/webhooks', { role: 'admin' }),
      ask('-/api/nothing', { role: 'admin' }),
      ask('-/assets/nothing.js'),
      ask('-/session', { method: 'POST' }),
    ]
    for (const { headers, status } of await Promise.all(answers)) {
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /)
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-robots-tag')).toBe('noindex')
      expect([status, headers.get('cache-control')]).toEqual([status, 'no-store'])
    }
  })

  test('files are kept for good, packed for those that take that, and nothing else is found among them', async () => {
    const page = await (await ask('', { role: 'admin' })).text()
    const script = /-\/assets\/[\w.-]+\.js/.exec(page)?.[0] ?? ''
    const packed = await ask(script, { headers: { 'accept-encoding': 'br, gzip' } })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(packed.headers.get('cache-control')).toContain('immutable')
    expect(packed.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    const plain = await ask(script)
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect((await plain.text()).length).toBeGreaterThan(100_000)
    expect((await ask(script, { method: 'HEAD' })).headers.get('content-length')).toMatch(/^\d{6}$/)
    for (const name of ['__proto__', 'constructor', '..%2findex.js', '../session', '']) {
      expect((await ask(`-/assets/${name}`)).status).toBeGreaterThanOrEqual(400)
    }
  })
})

test.each([
  [{ signInUrl: 'javascript:alert(1)' }],
  [{ signInUrl: '//evil.example' }],
  [{ branding: { backLink: { href: 'data:text/html,x', label: 'x' } } }],
  [{ branding: { logo: { light: 'https://cdn.example/logo.png' } } }],
  [{ branding: { accent: 'red' } }],
  [{ frameAncestors: ['*; script-src *'] }],
  [{ locale: 'english, please' }],
  [{ readOnly: 'no' }],
  [{ basePath: '/admin' }],
])('options that would do harm, or nothing, are refused at start: %o', (options) => {
  expect(() => leadhooksAdmin(leadhooks, { authorize: () => null, ...(options as object) })).toThrow(
    /leadhooksAdmin: /,
  )
})
