import { beforeEach, describe, expect, test } from 'vitest'
import { type ApiUnderTest, createApi } from './api-under-test.ts'

let api: ApiUnderTest
beforeEach(async () => {
  api = await createApi()
  await api.leadhooks.organizations.upsert({ id: 'acme', eventsPerMinute: 3 })
})

const event = { type: 'contact.created', data: {} }
const publish = (count = 1) =>
  count === 1
    ? api.request('POST', '/events', { body: event })
    : api.request('POST', '/events/batch', { body: { events: Array.from({ length: count }, () => event) } })

describe('how many events an organization may publish in a minute', () => {
  test('counts each of them, tells how it stands, and lets in again evenly', async () => {
    const first = await publish(2)
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([202, '"events";q=3;w=60'])
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1')
    expect((await publish()).status).toBe(202)
    const refused = await publish()
    expect(refused).toMatchObject({
      status: 429,
      body: {
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        code: 'rate_limited',
        'violated-policies': ['events'],
      },
    })
    expect(refused.headers.get('retry-after')).toBe('20')
    expect(api.state.events.size).toBe(3)
    await api.clock.advance(20_000)
    expect((await publish()).status).toBe(202)
  })

  test('is its own: another one is not held up, nor is what the host itself dispatches', async () => {
    for (let i = 0; i < 4; i++) await publish()
    const key = await api.createKey({ role: 'admin', organizationId: 'globex' })
    expect((await api.request('POST', '/events', { key, body: event })).status).toBe(202)
    await api.leadhooks.dispatchEvent({ organizationId: 'acme', ...event })
  })

  test('holds at once when it is changed', async () => {
    for (let i = 0; i < 3; i++) await publish()
    expect((await publish()).status).toBe(429)
    await api.leadhooks.organizations.upsert({ id: 'acme', eventsPerMinute: null })
    expect((await publish()).status).toBe(202)
  })

  test('refuses more at once than a minute could ever hold', async () => {
    expect(await publish(4)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    expect(api.state.events.size).toBe(0)
  })
})
