import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ApiUnderTest, createApi } from './api-under-test.ts'

interface Malformed {
  method: string
  path: string
  /** As it is sent. */
  body?: string
  /** What the answer must name: its code, and the pointer to the fault where there is one. */
  code: string
  pointer?: string
}

let api: ApiUnderTest
let before: unknown
let ids: Record<string, string>

beforeAll(async () => {
  api = await createApi()
  const organizationId = 'acme'
  const { apiKey } = await api.leadhooks.apiKeys.create({ organizationId, name: 'Zapier', role: 'read_only' })
  const { webhook } = await api.leadhooks.webhooks.create({
    organizationId,
    url: 'https://example.com/hooks',
  })
  const { event } = await api.leadhooks.dispatchEvent({
    organizationId,
    type: 'new_lead',
    data: { id: 'lead_1' },
  })
  const { data } = await api.leadhooks.deliveries.list({ organizationId })
  ids = { KEY: apiKey.id, WEBHOOK: webhook.id, EVENT: event.id, DELIVERY: data[0]?.id ?? '' }
  before = structuredClone(api.state)
})

afterEach(() => {
  expect(api.state).toEqual(before)
  expect(api.faults).toEqual([])
})

/** Every route that takes a body, with one that would do. */
const bodies = [
  ['POST', '/keys', { name: 'x' }],
  ['PATCH', '/keys/KEY', { name: 'x' }],
  ['POST', '/webhooks', { url: 'https://example.com/hooks' }],
  ['PATCH', '/webhooks/WEBHOOK', { name: 'x' }],
  ['PUT', '/webhooks/WEBHOOK', { url: 'https://example.com/hooks' }],
  ['POST', '/events', { type: 'new_lead', data: { id: 'x' } }],
  ['POST', '/events/batch', { events: [{ type: 'new_lead', data: { id: 'x' } }] }],
  ['POST', '/event-types', { name: 'deal.won', schema: {} }],
] as const

/** Routes that take none. */
const actions = [
  ['DELETE', '/keys/KEY'],
  ['DELETE', '/webhooks/WEBHOOK'],
  ['POST', '/webhooks/WEBHOOK/enable'],
  ['POST', '/webhooks/WEBHOOK/disable'],
  ['POST', '/deliveries/DELIVERY/retry'],
  ['POST', '/deliveries/DELIVERY/replay'],
  ['POST', '/deliveries/DELIVERY/cancel'],
  ['POST', '/deliveries/DELIVERY/resolve'],
] as const

const lists = ['/keys', '/webhooks', '/events', '/deliveries']

const nest = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

/** What no body may be, whatever is asked for. */
const malformedBodies: Omit<Malformed, 'method' | 'path'>[] = [
  ...[
    '{',
    '[1,',
    '{"a":1,}',
    "{'a':1}",
    'nul',
    '{"a":NaN}',
    '{"a":01}',
    '"\t"',
    '\u0000',
    '{} {}',
    '<a/>',
  ].map((body) => ({ body, code: 'malformed_json' })),
  ...['null', '1', '"text"', 'true', '[]', '[{}]'].map((body) => ({
    body,
    code: 'invalid_request',
    pointer: '',
  })),
  { body: '{"unknown":1}', code: 'invalid_request', pointer: '/unknown' },
  { body: '{"organizationId":"globex"}', code: 'invalid_request', pointer: '/organizationId' },
  { body: '{"__proto__":{"name":"x"}}', code: 'invalid_request', pointer: '/__proto__' },
  { body: '{"constructor":{"prototype":{}}}', code: 'invalid_request', pointer: '/constructor' },
  { body: '{"toString":1}', code: 'invalid_request', pointer: '/toString' },
  { body: '{"a/b~c":1}', code: 'invalid_request', pointer: '/a~1b~0c' },
  { body: '{"a":{"__proto__":1}}', code: 'invalid_request', pointer: '/a/__proto__' },
  { body: '{"a":"x\\u0000y"}', code: 'invalid_request', pointer: '/a' },
  { body: '{"a":["\\ud800"]}', code: 'invalid_request', pointer: '/a/0' },
  { body: '{"a":[{"b":1e400}]}', code: 'invalid_request', pointer: '/a/0/b' },
  { body: '{"a":-1e999}', code: 'invalid_request', pointer: '/a' },
  { body: '{"\\u0000":1}', code: 'invalid_request', pointer: '/\u0000' },
  { body: '{"\\udc00":1}', code: 'invalid_request' },
  { body: nest(65), code: 'payload_too_large' },
  { body: nest(20_000), code: 'payload_too_large' },
  { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, code: 'payload_too_large' },
  { body: `{"a":"${'x'.repeat(262_144)}"}`, code: 'payload_too_large' },
]

const nameFaults = ['', 'x'.repeat(201), 1, true, [], {}, 'a\u0000b', '\ud800']
const eventIdFaults = ['', 'a b', 'a.b', 'ü', 'x'.repeat(129), 1, null, 'a/b']
const typeFaults = ['', 'a b', '.a', 'a.', 'a..b', 'x'.repeat(129), 1, null, {}]

/** Fields and what they may not be. */
const faultsOfFields: [
  routes: readonly (readonly [string, string])[],
  field: string,
  values: unknown[],
  code?: string,
][] = [
  [
    [
      ['POST', '/keys'],
      ['PATCH', '/keys/KEY'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'name',
    nameFaults,
  ],
  [
    [
      ['POST', '/keys'],
      ['PATCH', '/keys/KEY'],
    ],
    'role',
    ['', 'owner', 1, {}, ['admin']],
  ],
  [
    [
      ['POST', '/keys'],
      ['PATCH', '/keys/KEY'],
    ],
    'permissions',
    [[], 'read:*', {}, 1, null],
  ],
  [
    [
      ['POST', '/keys'],
      ['PATCH', '/keys/KEY'],
    ],
    'expiresAt',
    [
      '',
      'tomorrow',
      '2027-02-30T00:00:00Z',
      '2027-01-01',
      '+300000-01-01T00:00:00Z',
      1_800_000_000,
      true,
      {},
    ],
  ],
  [[['POST', '/keys']], 'environment', ['', 'production', null]],
  [
    [
      ['POST', '/webhooks'],
      ['PUT', '/webhooks/WEBHOOK'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'url',
    [1, null, {}, 'x'.repeat(2049)],
  ],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'url',
    ['', 'example.com', 'ftp://example.com'],
    'url_not_allowed',
  ],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'timeoutMs',
    [0, -1, 1.5, '5', 120_001, true],
  ],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'concurrency',
    [0, -1, 1.5, '5', 1001],
  ],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'enabled',
    ['true', 1, null],
  ],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'bodySignature',
    ['md5', '', null],
  ],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'retry',
    ['', 'never', {}, [], 5],
  ],
  [[['POST', '/webhooks']], 'secret', ['short', 'whsec_', 'whsec_c2hvcnQ=', 1]],
  [
    [
      ['POST', '/webhooks'],
      ['PATCH', '/webhooks/WEBHOOK'],
    ],
    'headers',
    ['x', [], null],
  ],
  [[['POST', '/event-types']], 'name', typeFaults],
  [[['POST', '/event-types']], 'schema', [null, true, 'text', [], { type: 'x' }]],
  [[['POST', '/events']], 'id', eventIdFaults],
  [[['POST', '/events']], 'type', typeFaults],
  [[['POST', '/events']], 'type', ['unknown', 'toString', '__proto__'], 'unknown_event_type'],
  [[['POST', '/events']], 'data', [null, 1, 'text', []], 'invalid_event_data'],
]

const hookPath = '/webhooks/WEBHOOK'
const tooMany = { events: Array.from({ length: 101 }, () => ({ type: 'new_lead', data: { id: 'x' } })) }

/** Faults further in, by the pointer to them. */
const nestedFaults: Malformed[] = [
  fault('POST', '/event-types', { name: 'a', schema: { $ref: 'http://evil.example' } }, '/schema/$ref'),
  fault(
    'POST',
    '/event-types',
    { name: 'a', schema: { items: { pattern: '(a)\\1' } } },
    '/schema/items/pattern',
  ),
  fault('POST', '/event-types', { name: 'a', schema: { type: 'object' }, example: 1 }, '/example'),
  ...['read', 'read:', ':contacts', 'read:a b', 'READ:contacts', '**', 'read:contacts:1'].map((permission) =>
    fault('POST', '/keys', { name: 'x', permissions: ['read:a', permission] }, '/permissions/1'),
  ),
  ...['', '*', 'a b', '.*', 'a.*.b', 'a*'].map((pattern) =>
    fault('PATCH', hookPath, { eventTypes: ['new_lead', pattern] }, '/eventTypes/1'),
  ),
  ...['new_leads', 'lead.*'].map((pattern) =>
    fault('PATCH', hookPath, { eventTypes: ['new_lead', pattern] }, '/eventTypes/1', 'unknown_event_type'),
  ),
  fault('POST', '/keys', { name: 'x', role: 'admin', permissions: ['*'] }, '/permissions'),
  fault('PATCH', hookPath, '{"headers":{"__proto__":"x"}}', '/headers/__proto__'),
  fault('PATCH', hookPath, { headers: { 'x-a': 1 } }, '/headers/x-a'),
  fault('PATCH', hookPath, { retry: { delaysMs: [1000, -1] } }, '/retry/delaysMs/1'),
  fault('PATCH', hookPath, { retry: { name: 'patient', maxAttempts: 0 } }, '/retry/maxAttempts'),
  fault('POST', '/events', { type: 'new_lead', data: { id: 1 } }, '/data/id', 'invalid_event_data'),
  fault(
    'POST',
    '/events',
    '{"type":"contact.created","data":{"__proto__":{"admin":true}}}',
    '/data/__proto__',
  ),
  fault(
    'POST',
    '/events/batch',
    { events: [{ type: 'new_lead', data: { id: 'x' } }, { type: 1 }] },
    '/events/1/type',
  ),
  fault('POST', '/events/batch', { events: [] }, '/events'),
  fault('POST', '/events/batch', tooMany, '/events'),
]

const limits = [
  '-1',
  '0',
  '101',
  '1e400',
  '1e1',
  'NaN',
  'Infinity',
  '1.5',
  '',
  ' 1',
  '0x10',
  '99999999999999999999',
  'a',
]
const cursors = [
  '',
  'x',
  '!!!',
  'AAAA',
  btoa('[]'),
  btoa('{}'),
  btoa('[1]'),
  btoa('[-1,"a"]'),
  btoa('[1e400,"a"]'),
]
const forgedCursors = ['[1,"a\\u0000"]', '[1,"\\ud800"]', '[1,""]', '["1","a"]', '[1,"a",2]'].map(btoa)

const faultsOfList = (path: string): Malformed[] => [
  ...limits.map((limit) => query(path, 'limit', limit)),
  ...cursors.concat(forgedCursors).map((cursor) => query(path, 'cursor', cursor, 'invalid_cursor')),
  query(path, 'cursor', 'x'.repeat(1001)),
  query(path, 'offset', '1'),
  query(path, '__proto__', '1'),
  query(path, 'organizationId', 'globex'),
  { method: 'GET', path: `${path}?limit=1&limit=2`, code: 'invalid_request', pointer: '/limit' },
]

const faultsOfFilters: Malformed[] = [
  ...['', 'lost', 'DELIVERED', 'pending,retrying'].map((status) => query('/deliveries', 'status', status)),
  ...['', 'a\u0000', 'x'.repeat(201)].map((id) => query('/deliveries', 'webhookId', id)),
  ...['', 'a\u0000', 'x'.repeat(201)].map((id) => query('/deliveries', 'eventId', id)),
  ...['', 'a b', 'a.*'].map((type) => query('/events', 'type', type)),
  ...['/', '/openapi.json', '/event-types', '/keys/KEY', '/deliveries/DELIVERY'].map((path) =>
    query(path, 'x', '1'),
  ),
]

const unknownIds = ['unknown', '%ff', '%E0%A4', '%', '..%2f..', '%F0%9F%98%80', "'; drop table--"]
const faultsOfId = (path: string): Malformed[] => [
  ...unknownIds.map((id) => ({ method: 'GET', path: `${path}/${id}`, code: 'not_found' })),
  ...['%00', 'x'.repeat(201)].map((id) => fault('GET', `${path}/${id}`, undefined, '/id')),
]

const requests: Malformed[] = [
  ...bodies.flatMap(([method, path]) => malformedBodiesOf(method, path)),
  ...actions.flatMap(([method, path]) => malformedBodiesOf(method, path)),
  ...faultsOfFields.flatMap(([routes, field, values, code]) =>
    routes.flatMap(([method, path]) =>
      values.map((value) => fault(method, path, withField(method, path, field, value), `/${field}`, code)),
    ),
  ),
  ...nestedFaults,
  ...lists.flatMap(faultsOfList),
  ...faultsOfFilters,
  ...lists.flatMap(faultsOfId),
]

function malformedBodiesOf(method: string, path: string): Malformed[] {
  return malformedBodies.map((malformed) => Object.assign({ method, path }, malformed))
}

function fault(
  method: string,
  path: string,
  body: unknown,
  pointer: string,
  code = 'invalid_request',
): Malformed {
  if (body === undefined) return { method, path, pointer, code }
  return { method, path, body: typeof body === 'string' ? body : JSON.stringify(body), pointer, code }
}

function query(path: string, name: string, value: string, code?: string): Malformed {
  return fault(
    'GET',
    `${path}?${new URLSearchParams({ [name]: value }).toString()}`,
    undefined,
    `/${name}`,
    code,
  )
}

/** A body that would do, but for one field. */
function withField(method: string, path: string, field: string, value: unknown): object {
  const [, , base] = bodies.find((route) => route[0] === method && route[1] === path) ?? []
  return Object.fromEntries([...Object.entries(base ?? {}), [field, value]])
}

describe(`${requests.length} malformed requests`, () => {
  test('are many', () => expect(requests.length).toBeGreaterThan(800))

  test.each(requests.map((request) => [titleOf(request), request] as const))('%s', async (_, request) => {
    const path = request.path.replace(/KEY|WEBHOOK|EVENT|DELIVERY/, (name) => ids[name] ?? '')
    const answer = await api.request(
      request.method,
      path,
      request.body === undefined ? {} : { body: request.body },
    )
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.body).toMatchObject({
      status: answer.status,
      code: request.code,
      detail: expect.stringMatching(/./),
    })
    expect(JSON.stringify(answer.body)).not.toMatch(/\.ts:|node_modules|ZodError/)
    if (request.pointer !== undefined) {
      expect(answer.body?.['errors']).toContainEqual({
        pointer: request.pointer,
        detail: expect.stringMatching(/./),
      })
    }
  })
})

function titleOf({ method, path, body = '', code }: Malformed): string {
  const shown = [method, path, body].map((part) => JSON.stringify(part).slice(1, -1).slice(0, 60))
  return `${shown.join(' ')}: ${code}`
}

test('the same requests without their fault pass', async () => {
  const other = await createApi()
  const { webhook } = await other.leadhooks.webhooks.create({
    organizationId: 'acme',
    url: 'https://example.com/hooks',
  })
  const { apiKey } = await other.leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Zapier' })
  for (const [method, path, body] of bodies) {
    const target = path.replace('KEY', apiKey.id).replace('WEBHOOK', webhook.id)
    const { status } = await other.request(method, target, { body })
    expect([200, 201, 202]).toContain(status)
  }
})
