import { describe, expect, test } from 'vitest'
import { eachDatabase } from './each-database.ts'
import { startCrm, type TestCrm } from './start-crm.ts'

const ada = { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+442079460018', source: 'website' }

async function eventsOf({ leadhooks }: TestCrm): Promise<{ type: string; data: unknown }[]> {
  const { data } = await leadhooks.events.list({ organizationId: 'acme' })
  return data.map(({ type, data }) => ({ type, data })).reverse()
}

async function leadsOf({ send }: TestCrm): Promise<unknown> {
  return (await send('GET', '/leads')).body.data
}

describe.each(eachDatabase)('a lead and its event on %s', (_, makeDatabase) => {
  test('are saved together', async () => {
    const crm = await startCrm(await makeDatabase())
    const { status, body } = await crm.send('POST', '/leads', ada)
    expect(status).toBe(201)
    expect(body).toMatchObject({ ...ada, status: 'new' })
    expect(await leadsOf(crm)).toEqual([body])
    expect(await eventsOf(crm)).toEqual([{ type: 'new_lead', data: { id: body.id, ...ada } }])
  })

  test('are both absent when the event is refused', async () => {
    const crm = await startCrm(await makeDatabase(), { limits: { maxBodyBytes: 1024 } })
    // The lead itself is fine: only with all that the event adds is it too large.
    const email = `${'a'.repeat(60)}@${'example.'.repeat(120)}com`
    const { status, body } = await crm.send('POST', '/leads', { ...ada, email })
    expect(status).toBe(413)
    expect(body.code).toBe('payload_too_large')
    expect(await leadsOf(crm)).toEqual([])
    expect(await eventsOf(crm)).toEqual([])
  })

  test('are both absent, with its deliveries, when a later step of the transaction fails', async () => {
    const crm = await startCrm(await makeDatabase())
    await crm.leadhooks.webhooks.create({ organizationId: 'acme', url: 'https://example.com/hook' })
    const { id } = (await crm.send('POST', '/leads', ada)).body
    const imported = [
      { name: 'Alan', email: 'alan@example.com' },
      { name: 'Grace', email: 'grace@example.com' },
      ada,
    ]
    const { status, body } = await crm.send('POST', '/leads/import', imported)
    expect(status).toBe(409)
    expect(body.code).toBe('duplicate_lead')
    expect(await leadsOf(crm)).toEqual([expect.objectContaining({ id })])
    expect(await eventsOf(crm)).toEqual([{ type: 'new_lead', data: { id, ...ada } }])
    expect((await crm.leadhooks.deliveries.list({ organizationId: 'acme' })).data).toHaveLength(1)
    // What was undone can be done: nothing of it is in the way.
    expect((await crm.send('POST', '/leads/import', imported.slice(0, 2))).status).toBe(201)
    expect((await crm.leadhooks.deliveries.list({ organizationId: 'acme' })).data).toHaveLength(3)
  })

  test('of ten posts of the same lead at once, one is saved', async () => {
    const crm = await startCrm(await makeDatabase())
    const answers = await Promise.all(Array.from({ length: 10 }, async () => crm.send('POST', '/leads', ada)))
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
      201,
      ...Array<number>(9).fill(409),
    ])
    expect(await leadsOf(crm)).toHaveLength(1)
    expect(await eventsOf(crm)).toHaveLength(1)
  })

  test('of two changes at once, both are kept and told', async () => {
    const crm = await startCrm(await makeDatabase())
    const { id } = (await crm.send('POST', '/leads', ada)).body
    const changes = [{ status: 'won' }, { phone: null }]
    await Promise.all(changes.map(async (change) => crm.send('PATCH', `/leads/${id}`, change)))
    expect(await leadsOf(crm)).toEqual([expect.objectContaining({ id, status: 'won', phone: null })])
    const told = (await eventsOf(crm)).slice(1).map(({ data }) => data)
    expect(told).toHaveLength(2)
    for (const change of changes) expect(told).toContainEqual(expect.objectContaining({ changes: change }))
  })

  test('are imported all at once', async () => {
    const crm = await startCrm(await makeDatabase())
    const { status, body } = await crm.send('POST', '/leads/import', [
      ada,
      { name: 'Alan', email: 'alan@example.com' },
    ])
    expect(status).toBe(201)
    expect(body.data).toHaveLength(2)
    expect(await eventsOf(crm)).toHaveLength(2)
  })

  test('tell what was changed, and nothing when nothing was', async () => {
    const crm = await startCrm(await makeDatabase())
    const { id } = (await crm.send('POST', '/leads', ada)).body
    const changed = await crm.send('PATCH', `/leads/${id}`, { status: 'contacted', name: 'Ada Lovelace' })
    expect(changed).toMatchObject({ status: 200, body: { id, status: 'contacted' } })
    await crm.send('PATCH', `/leads/${id}`, { status: 'contacted' })
    const { source: _, ...person } = ada
    expect(await eventsOf(crm)).toEqual([
      { type: 'new_lead', data: { id, ...ada } },
      { type: 'lead_update', data: { id, ...person, changes: { status: 'contacted' } } },
    ])
  })

  test('belong to one organization', async () => {
    const crm = await startCrm(await makeDatabase())
    const { token } = await crm.leadhooks.apiKeys.create({ organizationId: 'other', name: 'Other' })
    const { id } = (await crm.send('POST', '/leads', ada)).body
    expect((await crm.send('GET', '/leads', undefined, { token })).body.data).toEqual([])
    expect((await crm.send('PATCH', `/leads/${id}`, { status: 'won' }, { token })).status).toBe(404)
    // The other organization may have a lead of the same address.
    expect((await crm.send('POST', '/leads', ada, { token })).status).toBe(201)
  })
})

describe.each(eachDatabase)(
  'wrong input is answered with what is wrong, and changes nothing, on %s',
  (_, makeDatabase) => {
    test.for([
      ['no key', 'POST', '/leads', ada, { token: null }, 401, 'api_key_missing'],
      ['a key that is none', 'GET', '/leads', undefined, { token: 'secret' }, 401, 'api_key_malformed'],
      ['no key, before its body is read', 'POST', '/leads', '{', { token: null }, 401, 'api_key_missing'],
      ['malformed JSON', 'POST', '/leads', '{"name":', {}, 400, 'malformed_json'],
      [
        'another content type',
        'POST',
        '/leads',
        'name=Ada',
        { contentType: 'text/plain' },
        415,
        'unsupported_media_type',
      ],
      [
        'too large a body',
        'POST',
        '/leads',
        { ...ada, name: 'a'.repeat(200_000) },
        {},
        413,
        'payload_too_large',
      ],
      ['an array', 'POST', '/leads', [ada], {}, 400, 'invalid_request'],
      ['an empty import', 'POST', '/leads/import', [], {}, 400, 'invalid_request'],
      ['an unknown lead', 'PATCH', '/leads/lead_1', { status: 'won' }, {}, 404, 'not_found'],
      ['an unknown path', 'GET', '/customers', undefined, {}, 404, 'not_found'],
    ] as const)('%s', async ([, method, path, body, options, status, code]) => {
      const crm = await startCrm(await makeDatabase())
      const answer = await crm.send(method, path, body, options)
      expect(answer).toMatchObject({ status, body: { status, code } })
      expect(await leadsOf(crm)).toEqual([])
      expect(await eventsOf(crm)).toEqual([])
    })

    test('every field that is wrong is named', async () => {
      const crm = await startCrm(await makeDatabase())
      const { status, body } = await crm.send('POST', '/leads', { name: ' ', email: 'nobody', vip: true })
      expect(status).toBe(400)
      expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/email', '/name', '/vip'])
    })

    test('a key that may only read cannot write', async () => {
      const crm = await startCrm(await makeDatabase())
      const { token } = await crm.leadhooks.apiKeys.create({
        organizationId: 'acme',
        name: 'Reader',
        role: 'read_only',
      })
      expect((await crm.send('GET', '/leads', undefined, { token })).status).toBe(200)
      const { status, body } = await crm.send('POST', '/leads', ada, { token })
      expect(status).toBe(403)
      expect(body.code).toBe('forbidden')
    })
  },
)

describe.each(eachDatabase)('rate limits on %s', (_, makeDatabase) => {
  test('every answer to a key says what is left of its 1,000 requests an hour', async () => {
    const crm = await startCrm(await makeDatabase())
    const first = await crm.send('GET', '/leads')
    expect(first.headers.get('ratelimit-policy')).toBe('"hourly";q=1000;w=3600')
    expect(first.headers.get('ratelimit')).toMatch(/^"hourly";r=999;t=\d+$/)
    expect(first.headers.get('x-ratelimit-limit')).toBe('1000')
    // What is refused for its input has been let in, too.
    const refused = await crm.send('POST', '/leads', {})
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([400, '998'])
    const unknown = await crm.send('GET', '/leads', undefined, { token: null })
    expect([...unknown.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([])
  })

  test('over its limit a key is told when to come again, and no lead is saved; other keys go on', async () => {
    const crm = await startCrm(await makeDatabase())
    const { token } = await crm.leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'One an hour',
      rateLimits: [{ name: 'hourly', limit: 1, windowMs: 3_600_000 }],
    })
    expect((await crm.send('GET', '/leads', undefined, { token })).status).toBe(200)
    const { status, headers, body } = await crm.send('POST', '/leads', ada, { token })
    expect([status, body.code]).toEqual([429, 'rate_limited'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(headers.get('x-ratelimit-remaining')).toBe('0')
    expect(await leadsOf(crm)).toEqual([])
  })

  test('a key for a resource that the CRM does not have is refused', async () => {
    const { leadhooks } = await startCrm(await makeDatabase())
    const create = leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'x',
      permissions: ['read:laeds'],
    })
    await expect(create).rejects.toThrow('laeds')
    await leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'x',
      permissions: ['read:leads', 'read:webhooks'],
    })
  })
})
