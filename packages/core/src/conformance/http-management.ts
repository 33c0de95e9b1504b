import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { LeadhooksError } from '../errors.ts'
import type { Leadhooks } from '../leadhooks.ts'
import { createMounted, type HttpCase, type HttpHost, withHost } from './http-host.ts'

/** What the management API keeps, seen through an adapter. */
export const managementCases: readonly HttpCase[] = [
  {
    name: 'a webhook can be made, read, changed, replaced and removed',
    async check(setup) {
      await withKey(setup, async (call) => {
        const made = await call('POST', '/webhooks', { url: 'https://example.com/hooks', name: 'Ü' })
        assert.equal(made.status, 201)
        assert.match(String(made.body['secret']), /^whsec_/)
        const path = `/webhooks/${String(made.body['id'])}`
        assert.equal((await call('GET', path)).body['name'], 'Ü')
        assert.equal((await call('PATCH', path, { name: null, timeoutMs: 5000 })).body['timeoutMs'], 5000)
        assert.equal((await call('PUT', path, { url: 'https://example.com/other' })).body['timeoutMs'], null)
        assert.equal((await call('POST', `${path}/disable`)).body['enabled'], false)
        assert.equal((await call('GET', '/webhooks?limit=1')).status, 200)
        const removed = await call('DELETE', path)
        assert.deepEqual([removed.status, removed.text, removed.headers.get('content-type')], [204, '', null])
        assertProblem(await call('GET', path), 404, 'not_found')
      })
    },
  },
  {
    name: 'without a key nobody gets in',
    async check(setup) {
      await withHost(setup, { leadhooks: createMounted() }, async (url) => {
        const answer = await read(await fetch(`${url}/webhooks`))
        assertProblem(answer, 401, 'api_key_missing')
        assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      })
    },
  },
  {
    name: 'a slash at the end makes no difference',
    async check(setup) {
      await withKey(setup, async (call) => {
        for (const path of ['', '/', '/webhooks', '/webhooks/'])
          assert.equal((await call('GET', path)).status, 200)
      })
    },
  },
  {
    name: 'links know where the API is mounted',
    async check(setup) {
      await withHost(setup, { leadhooks: createMounted() }, async (url) => {
        const { body } = await read(await fetch(`${url}/`))
        const path = (name: string): string => new URL(`${url}/${name}`).pathname
        assert.deepEqual(body['links'], { openapi: path('openapi.json'), docs: path('docs') })
        assert.equal((await fetch(`${url}/openapi.json`)).status, 200)
      })
    },
  },
  {
    name: 'what is no path of the API falls to the host, unseen',
    async check(setup) {
      const authorize = (): never => assert.fail('asked who is calling')
      await withHost(setup, { leadhooks: createMounted(), authorize }, async (url) => {
        for (const path of ['/nothing', '/keys/1/2/3', '/webhooksandmore', '/enable']) {
          assert.equal((await fetch(url + path, { method: 'POST' })).status, 418)
        }
      })
    },
  },
  {
    name: 'a method that a path does not have is refused, with those it has',
    async check(setup) {
      await withKey(setup, async (call) => {
        const answer = await call('PUT', '/webhooks', { url: 'https://example.com' })
        assertProblem(answer, 405, 'method_not_allowed')
        assert.equal(answer.headers.get('allow'), 'POST, GET, HEAD, OPTIONS')
      })
    },
  },
  {
    name: 'an id that cannot be decoded is not found',
    async check(setup) {
      await withKey(setup, async (call, _url, _headers, { refusesBadPaths }) => {
        const answer = await call('GET', '/webhooks/%E0%A4%A')
        if (refusesBadPaths) assert.equal(answer.status, 400)
        else assertProblem(answer, 404, 'not_found')
        assertProblem(await call('GET', '/webhooks/%2e%2e%2f'), 404, 'not_found')
      })
    },
  },
  {
    name: 'unknown fields are refused, by pointer',
    async check(setup) {
      await withKey(setup, async (call) => {
        const answer = await call('POST', '/webhooks', {
          url: 'https://example.com',
          organizationId: 'globex',
        })
        assertProblem(answer, 400, 'invalid_request')
        assert.deepEqual(answer.body['errors'], [{ pointer: '/organizationId', detail: 'Unknown field' }])
      })
    },
  },
  {
    name: 'malformed JSON is refused',
    isForParser: true,
    async check(setup) {
      await withKey(setup, async (_, url, headers) => {
        const init = {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: '{"url":',
        }
        assertProblem(await read(await fetch(`${url}/webhooks`, init)), 400, 'malformed_json')
      })
    },
  },
  {
    name: 'a body without end is refused while it is being sent',
    isForParser: true,
    async check(setup) {
      await withKey(setup, async (_, url, headers) => {
        const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
        const client = httpRequest(`${url}/webhooks`, init)
        const { response, sent } = await sendUntilAnswered(client)
        assert.equal(response.statusCode, 413)
        assert.equal(response.headers['content-type'], 'application/problem+json')
        assert.ok(sent < 32_000_000, 'the answer came late')
        client.destroy()
      })
    },
  },
  {
    name: 'a storage that is gone is answered with 503, what fails otherwise with 500, neither with its reason',
    async check(setup) {
      const faults = [
        { error: new LeadhooksError('storage_unavailable', 'connect ECONNREFUSED db.internal'), status: 503 },
        { error: new Error('connect ECONNREFUSED db.internal'), status: 500 },
      ]
      for (const { error, status } of faults) {
        const leadhooks = createMounted({ listWebhooks: () => Promise.reject(error) })
        await withKey(
          setup,
          async (call) => {
            const answer = await call('GET', '/webhooks')
            assertProblem(answer, status, status === 503 ? 'storage_unavailable' : 'internal')
            assert.doesNotMatch(answer.text, /ECONNREFUSED|internal\b.*db|stack/)
            assert.equal(answer.headers.has('retry-after'), status === 503)
          },
          leadhooks,
        )
      }
    },
  },
  {
    name: 'a caller that the host vouches for changes things only from the same site',
    async check(setup) {
      const authorize = () => ({ actor: 'ada', organizationId: 'acme' })
      await withHost(setup, { leadhooks: createMounted(), authorize }, async (url) => {
        const post = async (headers: Record<string, string>): Promise<Answer> => {
          const body = JSON.stringify({ url: 'https://example.com/hooks' })
          const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
          return read(await fetch(`${url}/webhooks`, init))
        }
        assertProblem(await post({}), 403, 'cross_site_request')
        assertProblem(await post({ origin: 'https://evil.example' }), 403, 'cross_site_request')
        assertProblem(await post({ 'sec-fetch-site': 'cross-site', origin: url }), 403, 'cross_site_request')
        assert.equal((await post({ origin: new URL(url).origin })).status, 201)
        assert.equal((await post({ 'sec-fetch-site': 'same-origin' })).status, 201)
        assert.equal((await fetch(`${url}/webhooks`)).status, 200)
      })
    },
  },
  {
    name: 'when the rule of the host throws, its client gets an answer and nothing is done',
    async check(setup) {
      const leadhooks = createMounted()
      const authorize = (): never => {
        throw new Error('The session store is gone')
      }
      await withHost(setup, { leadhooks, authorize }, async (url) => {
        const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
        const body = JSON.stringify({ url: 'https://example.com/hooks' })
        const response = await fetch(`${url}/webhooks`, { method: 'POST', headers, body })
        assert.ok(response.status >= 500)
        assert.deepEqual((await leadhooks.webhooks.list({ organizationId: 'acme' })).data, [])
      })
    },
  },
]

interface Answer {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>

/** Runs a check with an administrator's key in every call. */
async function withKey(
  setup: Parameters<HttpCase['check']>[0],
  check: (call: Call, url: string, headers: Record<string, string>, host: HttpHost) => Promise<void>,
  leadhooks: Leadhooks = createMounted(),
): Promise<void> {
  const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Admin', role: 'admin' })
  const authorization = { authorization: `Bearer ${token}` }
  await withHost(setup, { leadhooks }, async (url, host) => {
    const call: Call = async (method, path, body) => {
      const content = body === undefined ? {} : { body: JSON.stringify(body) }
      const headers = { ...authorization, ...(body !== undefined && { 'content-type': 'application/json' }) }
      return read(await fetch(url + path, { method, headers, ...content }))
    }
    await check(call, url, authorization, host)
  })
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.endsWith('json') ?? false
  const body: Answer['body'] = isJson ? JSON.parse(text) : {}
  return { status: response.status, headers: response.headers, text, body }
}

function assertProblem({ status, headers, body }: Answer, expected: number, code: string): void {
  assert.deepEqual([status, body['code']], [expected, code])
  assert.equal(body['status'], expected)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(headers.get('cache-control'), 'no-store')
}

/** Sends as fast as it is taken, until there is an answer. */
async function sendUntilAnswered(
  client: ClientRequest,
): Promise<{ response: IncomingMessage; sent: number }> {
  const answer = new Promise<IncomingMessage>((resolve) => client.once('response', resolve))
  // What is still being sent when the host hangs up is lost, as it should be.
  client.on('error', () => {})
  const part = Buffer.alloc(65_536, ' ')
  for (let sent = part.length; ; sent += part.length) {
    const room = client.write(part) ? setImmediate() : once(client, 'drain').then(() => undefined)
    const response = await Promise.race([answer, room])
    if (response !== undefined) return { response, sent }
  }
}
