import type { Leadhooks } from '@leadhooks/core'
import { type Answer, fakeClock, type ReceivedRequest } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const client = { type: 'oauth2' as const, clientId: 'crm & co', clientSecret: 'pass:word%' }

function tokenAnswer(token: string, more: object = {}): Answer {
  const body = JSON.stringify({ access_token: token, token_type: 'bearer', expires_in: 3600, ...more })
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

async function makeWebhook(leadhooks: Leadhooks, url: string, authentication: object): Promise<string> {
  const settings = { organizationId, url, authentication: { ...client, tokenUrl: '', ...authentication } }
  return (await leadhooks.webhooks.create({ ...settings, retry: { delaysMs: [1000, 1000] } })).webhook.id
}

const tokensOf = (requests: readonly ReceivedRequest[]): unknown[] =>
  requests.map(({ headers }) => headers.authorization)

describe('a webhook with client credentials', () => {
  test('sends with one token for all requests, until shortly before its end', async () => {
    const clock = fakeClock()
    const tokens = await openReceiver({ respond: [tokenAnswer('one'), tokenAnswer('two')] })
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    await makeWebhook(leadhooks, receiver.url, { tokenUrl: tokens.url, scope: 'hooks', audience: 'api' })
    leadhooks.startWorker()
    await dispatch(leadhooks, 8)
    await whileTimePasses(clock, receiver.received(8))
    await clock.advance(3_500_000)
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(9))
    expect(tokens.requests).toHaveLength(1)
    await clock.advance(70_000)
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(10))
    await letSettle(clock)
    expect(tokens.requests).toHaveLength(2)
    expect(tokensOf(receiver.requests)).toEqual([
      ...Array.from({ length: 9 }, () => 'Bearer one'),
      'Bearer two',
    ])

    const { method, headers, body } = tokens.requests[0] ?? {}
    expect([method, headers?.['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded'])
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
      grant_type: 'client_credentials',
      scope: 'hooks',
      audience: 'api',
    })
    const basic = Buffer.from(headers?.authorization?.replace('Basic ', '') ?? '', 'base64').toString()
    expect(basic).toBe('crm+%26+co:pass%3Aword%25')
  })

  test('sends id and secret in the form where that is wanted', async () => {
    const tokens = await openReceiver({ respond: tokenAnswer('one') })
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks()
    const id = await makeWebhook(leadhooks, receiver.url, {
      tokenUrl: tokens.url,
      clientAuthentication: 'post',
    })
    const tested = await leadhooks.webhooks.test({ organizationId, id })
    expect(tested.outcome).toBe('succeeded')
    expect(JSON.stringify(tested)).not.toContain('Bearer one')
    const [{ headers, body } = {}] = tokens.requests
    expect(headers?.authorization).toBeUndefined()
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toMatchObject({
      client_id: client.clientId,
      client_secret: client.clientSecret,
    })
  })

  test('gets another token after the receiver has refused one', async () => {
    const clock = fakeClock()
    const tokens = await openReceiver({ respond: [tokenAnswer('revoked'), tokenAnswer('good')] })
    const receiver = await openReceiver({ respond: [401, 200] })
    const { leadhooks } = await openLeadhooks({ clock })
    await makeWebhook(leadhooks, receiver.url, { tokenUrl: tokens.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)
    expect(tokensOf(receiver.requests)).toEqual(['Bearer revoked', 'Bearer good'])
    expect(tokens.requests).toHaveLength(2)
  })

  test('tries once more with another token when the last try was refused with one that was kept', async () => {
    const clock = fakeClock()
    const tokens = await openReceiver({
      respond: [tokenAnswer('old'), tokenAnswer('new'), tokenAnswer('newest')],
    })
    const receiver = await openReceiver({ respond: [200, 401, 401] })
    const { leadhooks, settledCount } = await openLeadhooks({ clock })
    const id = await makeWebhook(leadhooks, receiver.url, { tokenUrl: tokens.url })
    await leadhooks.webhooks.update({ organizationId, id, retry: { delaysMs: [] } })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(1))
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(3))
    const settled = await whileTimePasses(clock, settledCount(3))
    await letSettle(clock)
    expect(tokensOf(receiver.requests)).toEqual(['Bearer old', 'Bearer old', 'Bearer new'])
    expect(settled.map(({ status }) => status)).toEqual(['delivered', 'retrying', 'dead_letter'])
  })

  test.each<[string, Answer, RegExp]>([
    [
      'refuses the client',
      { status: 401, body: '{"error":"invalid_client"}' },
      /answered 401; check client id/,
    ],
    ['redirects', { status: 302, headers: { location: 'http://127.0.0.1:1' } }, /answered 302/],
    ['answers no JSON', { status: 200, body: '<html>' }, /answered 200 with none/],
    ['gives a token of another kind', tokenAnswer('x', { token_type: 'mac' }), /answered 200 with none/],
    ['gives a token that breaks headers', tokenAnswer('x\r\ny: z'), /answered 200 with none/],
  ])('has an attempt that says so when the token URL %s, and is tried again', async (_what, bad, message) => {
    const clock = fakeClock()
    const tokens = await openReceiver({ respond: [bad, tokenAnswer('good')] })
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    await makeWebhook(leadhooks, receiver.url, { tokenUrl: tokens.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const { data } = await leadhooks.deliveries.list({ organizationId })
    const attempts = await leadhooks.deliveries.attempts({ organizationId, id: data[0]?.id ?? '' })
    expect(attempts.map(({ failure }) => failure)).toEqual(['token', null])
    expect(attempts[0]?.message).toMatch(message)
    expect(JSON.stringify(attempts)).not.toContain(client.clientSecret)
  })

  test('gives up within the deadline of the attempt when the token URL does not answer', async () => {
    const clock = fakeClock()
    const tokens = await openReceiver({ respond: () => {} })
    const receiver = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks({ clock, delivery: { timeoutMs: 500 } })
    await makeWebhook(leadhooks, receiver.url, { tokenUrl: tokens.url })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    await whileTimePasses(clock, settledCount(1))
    await letSettle(clock)
    expect(receiver.requests).toHaveLength(0)
    const { data } = await leadhooks.deliveries.list({ organizationId })
    const [attempt] = await leadhooks.deliveries.attempts({ organizationId, id: data[0]?.id ?? '' })
    expect(attempt).toMatchObject({ failure: 'token', durationMs: 500 })
    expect(attempt?.message).toContain('(timeout_first_byte)')
  })
})

test('an access token that a receiver echoes is hidden from whoever reads the answer', async () => {
  const clock = fakeClock()
  const tokens = await openReceiver({ respond: tokenAnswer('secret-token') })
  const receiver = await openReceiver({
    respond: ({ headers }) => ({ body: `got ${String(headers.authorization)}` }),
  })
  const { leadhooks } = await openLeadhooks({ clock })
  const id = await makeWebhook(leadhooks, receiver.url, { tokenUrl: tokens.url })
  leadhooks.startWorker()
  await dispatch(leadhooks)
  await whileTimePasses(clock, receiver.received(1))
  await letSettle(clock)
  const { data } = await leadhooks.deliveries.list({ organizationId })
  const [attempt] = await leadhooks.deliveries.attempts({ organizationId, id: data[0]?.id ?? '' })
  expect(attempt?.responseBody).toBe('got Bearer (hidden)')
  const tested = await leadhooks.webhooks.test({ organizationId, id })
  expect(tested.response?.body).toBe('got Bearer (hidden)')
})

test('a token URL that leads inside is refused when it is saved, and where it is dialled', async () => {
  const { leadhooks } = await openLeadhooks({
    network: { lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) },
  })
  const url = 'https://example.com'
  for (const tokenUrl of ['https://127.0.0.1/token', 'http://example.com/token', 'https://a:b@example.com'])
    await expect(makeWebhook(leadhooks, url, { tokenUrl })).rejects.toMatchObject({ code: 'url_not_allowed' })
  const id = await makeWebhook(leadhooks, url, { tokenUrl: 'https://inside.example.com/token' })
  const tested = await leadhooks.webhooks.test({ organizationId, id })
  expect(tested).toMatchObject({ failure: 'blocked_address', response: null, timings: null })
})

test('client credentials are shown nowhere, and can be taken away', async () => {
  const { leadhooks } = await openLeadhooks()
  const id = await makeWebhook(leadhooks, 'https://example.com', { tokenUrl: 'https://example.com/token' })
  const webhook = await leadhooks.webhooks.get({ organizationId, id })
  expect(webhook.authenticationType).toBe('oauth2')
  const audit = await leadhooks.audit.list({ organizationId })
  expect(JSON.stringify([webhook, audit])).not.toMatch(/pass:word|crm & co/)
  const without = await leadhooks.webhooks.update({ organizationId, id, authentication: null })
  expect(without.authenticationType).toBeNull()
})
