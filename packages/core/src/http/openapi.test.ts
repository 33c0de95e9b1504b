import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createLeadhooks } from '../create-leadhooks.ts'
import { defineEvents } from '../events/event-catalogue.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import { type ApiUnderTest, createApi, type RequestParts } from './api-under-test.ts'
import type { JsonSchema } from './schema-components.ts'
import { routes } from './routes.ts'
import { statusOf } from './route.ts'

interface Document {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
  webhooks: Record<string, { post: Operation }>
  components: { schemas: Record<string, JsonSchema> }
}

interface Operation {
  operationId: string
  security?: unknown[]
  description?: string
  parameters: { name: string; in: string; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>
}

/** What answers have in common, as far as the scenario needs it. */
interface Shown {
  id?: string
  status?: string
  data?: Shown[]
}

let api: ApiUnderTest
let document: Document
beforeAll(async () => {
  api = await createApi()
  document = await readDocument(api)
})

async function readDocument(
  { leadhooks }: Pick<ApiUnderTest, 'leadhooks'>,
  basePath = '',
): Promise<Document> {
  const response = await leadhooks.fetch(new Request(`https://crm.example${basePath}/openapi.json`), {
    basePath,
  })
  return JSON.parse(await response.text())
}

/** Every value of a document with the key that it stands under. */
function* entriesOf(value: unknown): Generator<[key: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) return
  for (const entry of Object.entries(value)) {
    yield entry
    yield* entriesOf(entry[1])
  }
}

function resolve(root: Document, ref: string): unknown {
  const path = ref.replace(/^#\//, '').split('/')
  let at: Record<string, never> = JSON.parse(JSON.stringify(root))
  for (const name of path) at = at[name] ?? {}
  return Object.keys(at).length > 0 ? at : undefined
}

function refsOf(root: unknown): string[] {
  return [...entriesOf(root)].filter(([key]) => key === '$ref').map(([, ref]) => String(ref))
}

test('every route is described, with its status, its permission and its body', () => {
  for (const route of routes) {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()]
    expect(operation?.operationId).toBe(route.id)
    expect(Object.keys(operation?.responses ?? {})).toEqual([String(statusOf(route)), '4XX', '5XX'])
    expect(operation?.requestBody !== undefined).toBe(route.body !== undefined)
    if (route.permission === null) expect(operation?.security).toEqual([])
    else expect(operation?.description).toContain(`\`${route.permission}\``)
  }
  expect(Object.values(document.paths).flatMap(Object.keys)).toHaveLength(routes.length)
})

test('operations have names of their own', () => {
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length)
})

test('every reference leads somewhere, and every schema is referred to', () => {
  const refs = new Set(refsOf(document))
  for (const ref of refs) expect(resolve(document, ref), ref).toBeDefined()
  for (const name of Object.keys(document.components.schemas)) {
    expect(refs, name).toContain(`#/components/schemas/${name}`)
  }
})

test('nothing of the generator shows', () => {
  const keys = new Set([...entriesOf(document)].map(([key]) => key))
  for (const noise of ['$schema', '$id', '$defs', '~standard']) expect(keys).not.toContain(noise)
})

test('a component is the same whether it is sent or answered', () => {
  const [inputs, outputs] = (['input', 'output'] as const).map((io) => {
    const schemas = routes.flatMap(({ body, answer }) => (io === 'input' ? (body ?? []) : (answer ?? [])))
    return Object.assign(
      {},
      ...schemas.map((schema) => z.toJSONSchema(schema, { io, unrepresentable: 'any' }).$defs),
    )
  })
  for (const name of Object.keys(inputs))
    if (name in outputs) expect(inputs[name], name).toEqual(outputs[name])
})

test('the parameters of a query are described as what they stand for', () => {
  const parameters = document.paths['/deliveries']?.['get']?.parameters ?? []
  expect(parameters.map(({ name }) => name).sort()).toEqual(
    ['cursor', 'eventId', 'eventType', 'limit', 'status', 'webhookId'].sort(),
  )
  const limit = parameters.find(({ name }) => name === 'limit')
  expect(limit).toMatchObject({
    in: 'query',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  })
})

test('dates are dates', () => {
  const dateTime = { type: 'string', format: 'date-time' }
  expect(document.components.schemas).toMatchObject({
    ApiKey: { properties: { createdAt: dateTime, expiresAt: { anyOf: [dateTime, { type: 'null' }] } } },
    NewApiKey: { properties: { expiresAt: { anyOf: [dateTime, { type: 'null' }] } } },
  })
})

test('the events of the catalogue are described as receivers get them', () => {
  expect(Object.keys(document.webhooks)).toEqual(['new_lead', 'contact.created'])
  const post = document.webhooks['new_lead']?.post
  const schema = post?.requestBody?.content['application/json']?.schema
  expect(schema).toMatchObject({
    properties: { event: { const: 'new_lead' }, data: { $ref: '#/components/schemas/EventData.new_lead' } },
    examples: [{ event: 'new_lead', data: { id: 'lead_123' } }],
  })
  expect(post?.parameters).toContainEqual({ $ref: '#/components/parameters/WebhookSignature' })
})

test('event types may refer to themselves and to shared schemas', async () => {
  const address = z.object({ city: z.string() }).meta({ id: 'Address' })
  const contact = z.object({
    address,
    get friends() {
      return z.array(contact)
    },
  })
  const schema = z.object({ contact, root: z.lazy((): z.ZodType => schema).optional() })
  const leadhooks = createLeadhooks({
    storage: memoryStorage(),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32).toString('base64') }],
    events: defineEvents({ met: { schema }, moved: { schema: address } }),
  })
  const described = await readDocument({ leadhooks })
  for (const ref of refsOf(described)) expect(resolve(described, ref), ref).toBeDefined()
  expect(Object.keys(described.components.schemas)).toEqual(
    expect.arrayContaining(['EventData.met', 'EventData.met.Address', 'EventData.moved.Address']),
  )
})

test('it knows where it is mounted', async () => {
  expect(document.servers).toEqual([{ url: '/' }])
  expect((await readDocument(api, '/api/v1')).servers).toEqual([{ url: '/api/v1' }])
})

describe('what is answered is what is described', () => {
  /** A JSON Schema as zod, with the components that it refers to. */
  function toZod(schema: JsonSchema | undefined): z.ZodType {
    const text = JSON.stringify({ ...schema, $defs: document.components.schemas })
    return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
  }

  function schemaOf(method: string, path: string, status: number): JsonSchema | undefined {
    const answer = document.paths[path]?.[method.toLowerCase()]?.responses[status]
    return answer?.content?.['application/json']?.schema
  }

  test('in a scenario through all routes', async () => {
    const seen = new Set<string>()
    const call = async (
      method: string,
      path: string,
      id = '',
      body?: unknown,
      parts: RequestParts = {},
    ): Promise<Shown> => {
      const answer = await api.request<Shown>(method, path.replace('{id}', id), { body, ...parts })
      const route = routes.find((candidate) => candidate.method === method && candidate.path === path)
      expect(answer.status).toBe(route && statusOf(route))
      // The schema of the route drops fields that it does not name: equal means that none is left out of it.
      expect(route?.answer?.parse(answer.body) ?? null).toEqual(answer.body)
      if (answer.body !== null) toZod(schemaOf(method, path, answer.status)).parse(answer.body)
      seen.add(`${method} ${path}`)
      return answer.body ?? {}
    }
    const idOf = ({ id = '' }: Shown = {}): string => id
    const first = ({ data }: Shown): string => idOf(data?.[0])

    await call('GET', '/')
    await call('GET', '/openapi.json')
    await call('GET', '/health')
    await call('GET', '/health/live')
    await call('GET', '/health/ready')
    const type = { name: 'deal.won', schema: { type: 'object' }, example: { amount: 1 } }
    await call('POST', '/event-types', '', type)
    await call('PATCH', '/event-types/{id}', 'deal.won', { description: 'A deal was won' })
    await call('GET', '/event-types')
    await call('DELETE', '/event-types/{id}', 'deal.won')

    const key = idOf(await call('POST', '/keys', '', { name: 'x', expiresAt: '2027-01-01T00:00:00Z' }))
    await call('GET', '/keys')
    await call('GET', '/keys/{id}', key)
    await call('PATCH', '/keys/{id}', key, { permissions: ['read:*'], description: 'Zapier' })
    await call('POST', '/keys/{id}/rotate', key, { graceSeconds: 60 })
    await call('GET', '/keys/{id}/usage', key)
    await call('DELETE', '/keys/{id}', key)
    await call('POST', '/keys/revoke', '', { tag: 'zapier' })

    const url = 'https://example.com/hooks'
    const webhook = idOf(
      await call('POST', '/webhooks', '', { url, retry: { delaysMs: [1000] }, headers: { a: 'b' } }),
    )
    await call('POST', '/webhooks/{id}/disable', webhook)
    await call('POST', '/webhooks/{id}/enable', webhook)
    await call('PATCH', '/webhooks/{id}', webhook, {
      retry: 'stepped',
      timeoutMs: 5,
      asymmetricSigning: true,
      format: 'cloudevents',
      mapping: { lead: 'data.id', from: { $value: 'crm' } },
    })
    await call('GET', '/webhooks/{id}', webhook)
    await call('GET', '/webhooks/{id}/health', webhook)
    await call('GET', '/webhooks/{id}/jwks.json', webhook)
    await call('POST', '/webhooks/{id}/rotate-secret', webhook, { graceSeconds: 60 })
    await call('POST', '/webhooks/{id}/test', webhook, { eventType: 'new_lead' })
    await call('POST', '/webhooks/{id}/verify', webhook)
    await call('POST', '/webhooks/{id}/reveal-secret', webhook)
    await call('GET', '/webhooks')

    const event = idOf(await call('POST', '/events', '', { type: 'new_lead', data: { id: 'lead_1' } }))
    await call('POST', '/events/batch', '', { events: [{ type: 'contact.created', data: { any: [null] } }] })
    await call('GET', '/events/{id}', event)
    await call('GET', '/events')

    const stream = await api.leadhooks.deliveries.stream({ organizationId: 'acme' })
    await stream.cancel()
    seen.add('GET /deliveries/stream')
    const delivery = first(await call('GET', '/deliveries'))
    await call('POST', '/deliveries/{id}/retry', delivery)
    await failOnce(api)
    await call('GET', '/deliveries/{id}', delivery)
    await call('GET', '/deliveries/{id}/body', delivery)
    const replay = idOf(await call('POST', '/deliveries/{id}/replay', delivery))
    await call('POST', '/deliveries/{id}/cancel', replay)
    const { data } = await call('GET', '/deliveries')
    const deadLetter = data?.find(({ status }) => status === 'dead_letter')
    await call('POST', '/deliveries/{id}/resolve', idOf(deadLetter))

    for (const path of ['', '/time-series', '/webhooks', '/event-types', '/errors'])
      await call('GET', `/analytics${path}`)

    const started = await call('POST', '/deliveries/replay', '', { webhookId: webhook, perSecond: 1 })
    const bulkReplay = idOf((started as unknown as { replay: { id: string } }).replay)
    await call('POST', '/webhooks/{id}/recover', webhook, { since: '2026-01-01T00:00:00Z', dryRun: true })
    await call('GET', '/bulk-replays')
    await call('GET', '/bulk-replays/{id}', bulkReplay)
    await call('POST', '/bulk-replays/{id}/pause', bulkReplay)
    await call('POST', '/bulk-replays/{id}/resume', bulkReplay)
    await call('POST', '/bulk-replays/{id}/cancel', bulkReplay)

    await call('PUT', '/webhooks/{id}', webhook, { url })
    await call('DELETE', '/webhooks/{id}', webhook)
    await api.leadhooks.organizations.upsert({ id: 'acme', name: 'Acme' })
    await call('GET', '/organization')
    await call('PATCH', '/organization', '', { name: 'Acme Ltd.' })
    await call('POST', '/events/{id}/redact', event)
    await call('GET', '/audit-log')
    const staff = {
      key: '',
      headers: { 'sec-fetch-site': 'same-origin' },
      options: { authorize: () => ({ actor: 'ada', organizationId: '*' }) },
    }
    await call('POST', '/organizations', '', { id: 'globex', eventsPerMinute: 600 }, staff)
    await call('GET', '/organizations', '', undefined, staff)
    await call('GET', '/health/workers', '', undefined, staff)
    await call('DELETE', '/organizations/{id}', 'globex', undefined, staff)
    expect([...seen].sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort())
  })

  test('for problems too', async () => {
    const { body } = await api.request('POST', '/webhooks', { body: { unknown: 1 } })
    expect(() => toZod(document.components.schemas['Problem']).parse(body)).not.toThrow()
    expect(() => toZod(document.components.schemas['Problem']).parse({})).toThrow()
  })
})

/** Claims all that is due and gives it up after an attempt that failed. */
async function failOnce({ storage, clock }: ApiUnderTest): Promise<void> {
  const now = new Date(clock.now())
  const claimed = await storage.claimDeliveries({
    now,
    limit: 10,
    leaseMs: 1000,
    room: new Map(),
    defaultConcurrency: 10,
  })
  const settlements = claimed.map(({ id, lease, attempt }) => ({
    id,
    lease,
    attempt: {
      number: attempt,
      startedAt: now,
      durationMs: 12.5,
      outcome: 'failed' as const,
      failure: 'status' as const,
      message: 'The receiver answered 500',
      statusCode: 500,
      responseBody: 'no',
      batch: null,
    },
    next: { status: 'dead_letter' as const, reason: 'exhausted' as const },
  }))
  await storage.settleDeliveries(settlements, { now })
}

test('the description that lies in docs/ is the one that is served', async () => {
  const leadhooks = createLeadhooks({
    storage: memoryStorage(),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  })
  const served = await readDocument({ leadhooks }, '/api/v1')
  await expect(`${JSON.stringify(served, null, 2)}\n`).toMatchFileSnapshot('../../../../docs/openapi.json')
})
