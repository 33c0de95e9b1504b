import { beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type ApiUnderTest, createApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await createApi()
})

interface Page {
  data: { id: string }[]
  nextCursor: string | null
}

const lead = { type: 'new_lead', data: { id: 'lead_1' } }

async function make(path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await api.request('POST', path, { body })
  expect([201, 202]).toContain(answer.status)
  return answer.body ?? {}
}

describe('API keys', () => {
  test('show their token once, and what can be shown of it later', async () => {
    const made = await api.request('POST', '/keys', { body: { name: 'Zapier', role: 'read_only' } })
    const { token, ...shown } = made.body ?? {}
    expect(made.status).toBe(201)
    expect(token).toMatch(/^lh_live_\w{38}$/)
    expect((await api.request('GET', `/keys/${String(shown['id'])}`)).body).toEqual(shown)
    expect((await api.request('GET', '/webhooks', { key: String(token) })).status).toBe(200)
    expect(JSON.stringify((await api.request('GET', '/keys')).body)).not.toContain(String(token))
  })

  test('take dates as text, and show them so', async () => {
    const made = await make('/keys', { name: 'x', expiresAt: '2027-01-31T12:00:00+01:00' })
    expect(made['expiresAt']).toBe('2027-01-31T11:00:00.000Z')
    expect(made['createdAt']).toBe('2026-01-01T00:00:00.000Z')
  })

  test('change by PATCH and end by DELETE, which answers the revoked key', async () => {
    const { id, token } = await make('/keys', { name: 'x' })
    const changed = await api.request('PATCH', `/keys/${String(id)}`, {
      body: { permissions: ['read:contacts'] },
    })
    expect(changed.body).toMatchObject({ name: 'x', role: null, permissions: ['read:contacts'] })
    for (let i = 0; i < 2; i++) {
      const revoked = await api.request('DELETE', `/keys/${String(id)}`)
      expect([revoked.status, revoked.body?.['revokedAt']]).toEqual([200, '2026-01-01T00:00:00.000Z'])
    }
    expect((await api.request('GET', '/', { key: String(token) })).status).toBe(200)
    expect((await api.request('GET', '/webhooks', { key: String(token) })).status).toBe(401)
  })
})

test('of many keys that are revoked at once, a hundred are shown', async () => {
  for (let n = 0; n < 102; n++)
    await api.leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'x',
      role: 'read_only',
      tags: ['zapier'],
    })
  const { body } = await api.request<Page & { total: number }>('POST', '/keys/revoke', {
    body: { tag: 'zapier' },
  })
  expect([body?.total, body?.data.length]).toEqual([102, 100])
  expect((await api.request<Page>('GET', '/keys?tag=zapier&revoked=false')).body?.data).toEqual([])
})

describe('the organization', () => {
  test('changes by PATCH what is named, and nothing of what the host alone sets', async () => {
    const windows = [{ weekdays: ['sun'], startsAt: '01:00', minutes: 240, timeZone: 'Europe/Berlin' }]
    const patch = (body: unknown): Promise<Answer> => api.request('PATCH', '/organization', { body })
    expect((await patch({ maintenance: windows })).body).toMatchObject({ name: null, maintenance: windows })
    await api.leadhooks.organizations.upsert({
      id: 'acme',
      eventsPerMinute: 600,
      maintenance: windows as never,
    })
    await patch({ name: 'Acme' })
    const shown = { id: 'acme', name: 'Acme', eventsPerMinute: 600, maintenance: windows }
    expect((await api.request('GET', '/organization')).body).toMatchObject(shown)
    expect((await patch({})).body).toMatchObject(shown)
    expect((await patch({ maintenance: [] })).body).toMatchObject({ ...shown, maintenance: [] })
    expect((await patch({ maintenance: [{ startsAt: 'soon' }] })).status).toBe(400)
    expect((await patch({ eventsPerMinute: 1 })).status).toBe(400)
  })
})

describe('analytics', () => {
  test('has the figures of other dashboards by their names, too', async () => {
    await make('/webhooks', { url: 'https://example.com/hooks' })
    expect((await api.request('GET', '/analytics')).body).toMatchObject({
      total_webhooks: 1,
      active_webhooks: 1,
      total_deliveries: 0,
      success_rate: 0,
      average_response_time: 0,
      healthy_webhooks: 1,
      failed_webhooks: 0,
      webhooks: { total: 1, healthy: 1 },
    })
  })

  test('refuses ranges that end before they begin or span ten years, and what it does not know', async () => {
    for (const [query, pointer] of [
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/from'],
      ['from=2016-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', '/from'],
      ['from=yesterday', '/from'],
      ['webhook=x', '/webhook'],
    ])
      for (const path of ['', '/time-series', '/webhooks', '/event-types', '/errors']) {
        const answer = await api.request('GET', `/analytics${path}?${query}`)
        expect([answer.status, JSON.stringify(answer.body)]).toEqual([
          400,
          expect.stringContaining(pointer ?? ''),
        ])
      }
    const fortnights = await api.request('GET', '/analytics/time-series?interval=fortnight')
    expect(fortnights.status).toBe(400)
  })

  test('is open to who may read it, and to nobody else', async () => {
    const may = await api.createKey({ permissions: ['read:analytics'] })
    const mayNot = await api.createKey({ permissions: ['read:webhooks'] })
    expect((await api.request('GET', '/analytics/errors', { key: may })).status).toBe(200)
    expect((await api.request('GET', '/analytics/errors', { key: mayNot })).status).toBe(403)
  })
})

describe('many API keys', () => {
  test('end at once by their tag or owner, and not without either', async () => {
    const tagged = await make('/keys', { name: 'x', tags: ['zapier'], ownerId: 'ann' })
    const other = await make('/keys', { name: 'y', tags: ['make'], ownerId: 'ann' })
    const none = await api.request('POST', '/keys/revoke', { body: { reason: 'left' } })
    expect([none.status, JSON.stringify(none.body)]).toEqual([400, expect.stringContaining('Give a tag')])
    const revoked = await api.request('POST', '/keys/revoke', { body: { tag: 'zapier', reason: 'left' } })
    expect([revoked.status, revoked.body?.['data']]).toEqual([
      200,
      [expect.objectContaining({ id: tagged['id'], revokedReason: 'left' })],
    ])
    expect((await api.request('GET', '/webhooks', { key: String(tagged['token']) })).status).toBe(401)
    expect((await api.request('GET', '/webhooks', { key: String(other['token']) })).status).toBe(200)
    const again = await api.request('POST', '/keys/revoke', { body: { ownerId: 'ann' } })
    expect(again.body?.['data']).toEqual([expect.objectContaining({ id: other['id'] })])
  })

  test('tell how often they were used, in the hours of a day', async () => {
    const { id } = await make('/keys', { name: 'x' })
    const day = 'interval=hour&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'
    const usage = await api.request('GET', `/keys/${String(id)}/usage?${day}`)
    expect([usage.status, usage.body]).toEqual([
      200,
      expect.objectContaining({ interval: 'hour', total: 0, from: '2026-01-01T00:00:00.000Z' }),
    ])
    const wrong = await api.request('GET', `/keys/${String(id)}/usage?interval=fortnight`)
    expect(wrong.status).toBe(400)
  })
})

describe('webhooks', () => {
  const url = 'https://example.com/hooks'

  test('show their secret once', async () => {
    const { secret, ...shown } = await make('/webhooks', { url })
    expect(secret).toMatch(/^whsec_/)
    expect((await api.request('GET', `/webhooks/${String(shown['id'])}`)).body).toEqual(shown)
  })

  test('PATCH changes what it names, PUT sets back what it does not', async () => {
    const settings = {
      url,
      name: 'CRM',
      eventTypes: ['contact.*'],
      headers: { 'x-team': 'a' },
      retry: 'stepped',
    }
    const { id } = await make('/webhooks', { ...settings, timeoutMs: 5000, concurrency: 2, enabled: false })
    const path = `/webhooks/${String(id)}`
    const patched = await api.request('PATCH', path, { body: { name: 'ERP', concurrency: null } })
    expect(patched.body).toMatchObject({
      name: 'ERP',
      url,
      headerNames: ['x-team'],
      timeoutMs: 5000,
      concurrency: null,
    })
    const replaced = await api.request('PUT', path, { body: { url: 'https://example.com/new' } })
    expect(replaced.body).toMatchObject({
      url: 'https://example.com/new',
      name: null,
      description: null,
      eventTypes: [],
      headerNames: [],
      bodySignature: 'sha256=',
      retry: null,
      timeoutMs: null,
      concurrency: null,
      enabled: false,
      disabledReason: 'by_user',
    })
    const enabled = await api.request('PUT', path, { body: { url, enabled: true } })
    expect(enabled.body).toMatchObject({ enabled: true, disabledReason: null })
    expect((await api.request('PUT', path, { body: { name: 'x' } })).status).toBe(400)
  })

  test('switch off and on, and go', async () => {
    const { id } = await make('/webhooks', { url })
    const path = `/webhooks/${String(id)}`
    expect((await api.request('POST', `${path}/disable`)).body).toMatchObject({
      enabled: false,
      disabledReason: 'by_user',
    })
    expect((await api.request('POST', `${path}/enable`)).body).toMatchObject({
      enabled: true,
      disabledReason: null,
    })
    expect(await api.request('DELETE', path)).toMatchObject({ status: 204, body: null })
    expect((await api.request('DELETE', path)).status).toBe(404)
  })
})

describe('events', () => {
  test('are dispatched once for an id', async () => {
    await make('/webhooks', { url: 'https://example.com/hooks' })
    const first = await api.request('POST', '/events', { body: { ...lead, id: 'evt-1' } })
    expect(first).toMatchObject({
      status: 202,
      body: { id: 'evt-1', ...lead, deliveries: 1, duplicate: false },
    })
    const again = await api.request('POST', '/events', {
      body: { type: 'new_lead', data: { id: 'other' }, id: 'evt-1' },
    })
    expect(again).toMatchObject({ status: 202, body: { ...lead, deliveries: 0, duplicate: true } })
    expect((await api.request('GET', '/events/evt-1')).body).toMatchObject({ id: 'evt-1', ...lead })
  })

  test('are dispatched many at once, all or none', async () => {
    const batch = await make('/events/batch', { events: [lead, { ...lead, id: 'b' }] })
    expect(batch).toMatchObject({ data: [{ type: 'new_lead' }, { id: 'b', duplicate: false }] })
    const bad = await api.request('POST', '/events/batch', {
      body: { events: [lead, { type: 'new_lead', data: {} }] },
    })
    expect(bad).toMatchObject({ status: 400, body: { code: 'invalid_event_data' } })
    expect(api.state.events.size).toBe(2)
  })

  test('have the types of the catalogue', async () => {
    const { body } = await api.request('GET', '/event-types')
    expect(body).toMatchObject({
      data: [{ name: 'new_lead', example: { id: 'lead_123' } }, { name: 'contact.created' }],
    })
  })
})

describe('an event', () => {
  test('loses its data to those who may delete events', async () => {
    const { id } = await make('/events', lead)
    const path = `/events/${String(id)}`
    const key = await api.createKey({ permissions: ['read:*', 'write:*'] })
    expect((await api.request('POST', `${path}/redact`, { key })).status).toBe(403)
    const foreign = await api.createKey({ role: 'admin', organizationId: 'globex' })
    expect((await api.request('POST', `${path}/redact`, { key: foreign })).status).toBe(404)
    for (let n = 0; n < 2; n++) {
      const answer = await api.request('POST', `${path}/redact`)
      expect([answer.status, answer.body]).toEqual([
        200,
        expect.objectContaining({ id, type: 'new_lead', data: null, redacted: true }),
      ])
    }
    expect((await api.request('GET', path)).body).toMatchObject({ data: null, redacted: true })
  })
})

describe('event types', () => {
  const type = {
    name: 'deal.won',
    description: 'Won',
    schema: { type: 'object' },
    example: { amount: 1 },
    sensitive: ['amount'],
  }

  test('are registered, changed and removed by the organization that they are for', async () => {
    const made = await api.request('POST', '/event-types', { body: type })
    expect([made.status, made.body]).toEqual([201, { ...type, organizationId: 'acme' }])
    expect((await api.request('POST', '/event-types', { body: type })).status).toBe(409)
    const sent = { type: 'deal.won', data: [] }
    const refused = await api.request('POST', '/events', { body: sent })
    expect([refused.status, refused.body?.['code']]).toEqual([400, 'invalid_event_data'])
    const key = await api.createKey({ role: 'admin', organizationId: 'globex' })
    for (const method of ['PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { body: { description: 'Stolen' } } : {}
      expect((await api.request(method, '/event-types/deal.won', { key, ...body })).status).toBe(404)
    }
    const foreign = await api.request<Page>('GET', '/event-types', { key })
    expect(foreign.body?.data).toHaveLength(2)
    const changed = await api.request('PATCH', '/event-types/deal.won', { body: { description: null } })
    expect(changed.body).toEqual({ ...type, description: null, organizationId: 'acme' })
    expect((await api.request('DELETE', '/event-types/deal.won')).status).toBe(204)
    expect((await api.request('DELETE', '/event-types/deal.won')).status).toBe(404)
  })

  test('need permissions of their own, are for all when staff says so, and are not told to everybody', async () => {
    const key = await api.createKey({ permissions: ['read:*', 'write:events'] })
    expect((await api.request('POST', '/event-types', { key, body: type })).status).toBe(403)
    const staff = {
      key: '',
      headers: { 'sec-fetch-site': 'same-origin', 'leadhooks-organization': '*' },
      options: { authorize: () => ({ actor: 'ada', organizationId: '*' }) },
    }
    const made = await api.request('POST', '/event-types', { ...staff, body: type })
    expect([made.status, made.body]).toEqual([201, { ...type, organizationId: '*' }])
    const { body } = await api.request<Page>('GET', '/event-types', { key })
    expect(body?.data).toContainEqual({ ...type, organizationId: '*' })
    expect((await api.request('DELETE', '/event-types/deal.won')).status).toBe(404)
    expect(JSON.stringify((await api.request('GET', '/openapi.json')).body)).not.toContain(
      'EventData.deal.won',
    )
  })
})

test('lists go page by page, and by their filters', async () => {
  for (let i = 0; i < 5; i++) {
    await make('/events', { ...lead, id: `evt-${i}` })
    await api.clock.advance(1)
  }
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Answer<Page> = await api.request('GET', `/events?limit=2${cursor && `&cursor=${cursor}`}`)
    seen.push(...(page.body?.data ?? []).map(({ id }) => id))
    cursor = page.body?.nextCursor ?? null
  }
  expect(seen).toEqual(['evt-4', 'evt-3', 'evt-2', 'evt-1', 'evt-0'])
  expect((await api.request('GET', '/events?type=contact.created')).body).toEqual({
    data: [],
    nextCursor: null,
  })
})

describe('deliveries', () => {
  async function deliver(): Promise<string> {
    const { id } = await make('/webhooks', { url: 'https://example.com/hooks' })
    await make('/events', lead)
    const { body } = await api.request<Page>('GET', `/deliveries?webhookId=${String(id)}&status=pending`)
    return `/deliveries/${body?.data[0]?.id ?? ''}`
  }

  test('can be read with their attempts, retried and cancelled', async () => {
    const path = await deliver()
    expect((await api.request('GET', path)).body).toMatchObject({
      status: 'pending',
      attempts: 0,
      attemptLog: [],
    })
    expect((await api.request('POST', `${path}/retry`)).status).toBe(200)
    expect((await api.request('POST', `${path}/cancel`)).body).toMatchObject({
      status: 'cancelled',
      reason: 'by_user',
    })
    expect(await api.request('POST', `${path}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    })
    expect(await api.request('POST', `${path}/resolve`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    })
  })

  test('are replayed as new ones', async () => {
    const path = await deliver()
    const replay = await api.request('POST', `${path}/replay`)
    expect(replay.status).toBe(201)
    expect(replay.body?.['replayOf']).toBe(path.slice('/deliveries/'.length))
  })
})

describe('bulk replays', () => {
  test('are made once for each Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'outage-17' }
    const [first, second] = [
      await api.request('POST', '/deliveries/replay', { body: {}, headers }),
      await api.request('POST', '/deliveries/replay', { body: {}, headers }),
    ]
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body).toEqual(first.body)
    const other = await api.request('POST', '/deliveries/replay', { body: { status: 'delivered' }, headers })
    expect([other.status, other.body?.['code']]).toEqual([409, 'conflict'])
    expect((await api.request<Page>('GET', '/bulk-replays')).body?.data).toHaveLength(1)
  })

  test.each([5, null, true, 'yesterday', '2026-01-31'])('want a date that is one: %j', async (since) => {
    const { status, body } = await api.request('POST', '/deliveries/replay', { body: { since } })
    expect([status, body?.['code']]).toEqual([400, 'invalid_request'])
  })

  test('recover what a webhook has missed, once for each Idempotency-Key', async () => {
    await api.request('POST', '/events', { body: { type: 'new_lead', data: { id: 'lead_1' } } })
    const created = await api.request('POST', '/webhooks', { body: { url: 'https://example.com/late' } })
    const path = `/webhooks/${String(created.body?.['id'])}/recover`
    const [body, headers] = [{ since: '2020-01-01T00:00:00Z' }, { 'idempotency-key': 'late' }]
    const first = await api.request('POST', path, { body, headers })
    const second = await api.request('POST', path, { body, headers })
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body).toEqual(first.body)
    expect(first.body?.['replay']).toMatchObject({ kind: 'recovery', status: null, includeFailed: false })
    const without = await api.request('POST', path, { body: {} })
    expect([without.status, without.body?.['code']]).toEqual([400, 'invalid_request'])
  })

  test('are not made on a dry run', async () => {
    const { body } = await api.request('POST', '/deliveries/replay', { body: { dryRun: true } })
    expect(body).toEqual({ total: 0, replay: null })
  })
})
