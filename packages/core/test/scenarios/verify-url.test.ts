import type { Leadhooks, LeadhooksOptions } from '@leadhooks/core'
import { type Answer, fakeClock, type ReceivedRequest, type Responder } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, test } from 'vitest'
import { dispatch, gate, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const open: Partial<LeadhooksOptions> = {
  network: { allowPrivateAddresses: true, allowHttp: true, verifyUrls: true },
}

interface Challenge {
  event: string
  data: { challenge?: string }
}

const parse = ({ body }: ReceivedRequest): Challenge => JSON.parse(String(body)) as Challenge
const isChallenge = (request: ReceivedRequest): boolean => parse(request).event === 'webhook.challenge'

/** Answers challenges so, and takes everything else. */
const answering =
  (answer: (challenge: string, request: ReceivedRequest) => Answer): Responder =>
  (request) =>
    isChallenge(request) ? answer(parse(request).data.challenge ?? '', request) : 200

const echo = answering((challenge) => ({ body: challenge }))
const refuse = answering(() => 404)

async function register(leadhooks: Leadhooks, url: string) {
  return leadhooks.webhooks.create({ organizationId, url })
}

async function deliveriesOf(leadhooks: Leadhooks) {
  const { data } = await leadhooks.deliveries.list({ organizationId })
  return data.map(({ status, attempts }) => ({ status, attempts }))
}

describe('a URL that has to be verified', () => {
  test('is sent a signed challenge when its webhook is made, and is verified by the answer', async () => {
    const receiver = await openReceiver({ respond: echo })
    const { leadhooks, settledCount } = await openLeadhooks(open)
    const { webhook, secret } = await register(leadhooks, receiver.url)
    expect(webhook).toMatchObject({
      verification: 'verified',
      verifiedAt: expect.any(Date) as Date,
      waitsUntil: null,
      waitsFor: null,
    })
    const [request] = receiver.requests
    const { method, headers = {}, body: payload = '' } = request ?? {}
    expect(verifySignature({ payload, headers, secret })).toMatchObject({
      event: 'webhook.challenge',
      data: { challenge: expect.stringMatching(/^[\w-]{32}$/) as string },
    })
    expect([method, headers['x-webhook-event']]).toEqual(['POST', 'webhook.challenge'])
    leadhooks.startWorker()
    await dispatch(leadhooks)
    expect(await settledCount(1)).toMatchObject([{ status: 'delivered' }])
    const { data } = await leadhooks.audit.list({ organizationId })
    expect(data.map(({ action }) => action)).toEqual(['webhook.verified', 'webhook.created'])
  })

  test.each<[string, Responder, boolean, RegExp]>([
    [
      'the challenge and white space',
      answering((challenge) => ({ body: ` ${challenge}\r\n` })),
      true,
      /verified/,
    ],
    [
      'JSON that has it',
      answering((challenge) => ({ body: JSON.stringify({ challenge }) })),
      true,
      /verified/,
    ],
    ['a JSON string', answering((challenge) => ({ body: JSON.stringify(challenge) })), true, /verified/],
    ['201 and it', answering((challenge) => ({ status: 201, body: challenge })), true, /verified/],
    ['what it was sent', answering((_, { body }) => ({ body })), false, /200 without the challenge: let it/],
    ['it inside of more', answering((challenge) => ({ body: `<p>${challenge}</p>` })), false, /without/],
    ['its headers', answering((_, { headers }) => ({ body: JSON.stringify(headers) })), false, /without/],
    ['another one', answering(() => ({ body: 'a'.repeat(32) })), false, /without/],
    ['JSON null', answering(() => ({ body: 'null' })), false, /without/],
    ['nothing', answering(() => 200), false, /without/],
    ['it and 500', answering((challenge) => ({ status: 500, body: challenge })), false, /answered 500/],
    ['410', answering(() => 410), false, /410 Gone: it wants no deliveries/],
    [
      'a redirect',
      answering(() => ({ status: 307, headers: { location: 'https://example.com' } })),
      false,
      /307/,
    ],
  ])('is asked until it answers with it: %s', async (_what, respond, verified, message) => {
    const receiver = await openReceiver({ respond })
    const { leadhooks } = await openLeadhooks(open)
    const { webhook } = await register(leadhooks, receiver.url)
    const state = verified ? 'verified' : 'pending'
    expect(webhook.verification).toBe(state)
    const again = await leadhooks.webhooks.verify({ organizationId, id: webhook.id })
    expect(again).toMatchObject({ verified, webhook: { verification: state } })
    expect(again.message).toMatch(message)
    const [first, second] = receiver.requests.map((request) => parse(request).data.challenge)
    expect(first, 'each challenge is another one').not.toBe(second)
  })

  test('gets no delivery before, whatever is done; those that waited go then, and have spent no attempt', async () => {
    let respond = refuse
    const receiver = await openReceiver({ respond: (request, response) => respond(request, response) })
    const { leadhooks, settledCount } = await openLeadhooks(open)
    const { webhook } = await register(leadhooks, receiver.url)
    expect(webhook).toMatchObject({ verification: 'pending', waitsFor: 'verification', enabled: true })
    const ids = { organizationId, id: webhook.id }
    leadhooks.startWorker()
    await dispatch(leadhooks, 2)
    await leadhooks.webhooks.disable(ids)
    await leadhooks.webhooks.enable(ids)
    await leadhooks.webhooks.update({
      ...ids,
      throttle: { requests: 5, perMs: 1000 },
      maintenance: [],
      circuit: false,
    })
    await leadhooks.webhooks.update({ ...ids, url: receiver.url })
    const [delivery] = (await leadhooks.deliveries.list({ organizationId })).data
    await leadhooks.deliveries.retryNow({ organizationId, id: delivery?.id ?? '' })
    expect(await leadhooks.webhooks.health(ids)).toMatchObject({ waitsFor: 'verification' })
    expect((await leadhooks.webhooks.verify(ids)).verified).toBe(false)
    expect(receiver.requests.every(isChallenge)).toBe(true)
    expect(await deliveriesOf(leadhooks)).toEqual([
      { status: 'pending', attempts: 0 },
      { status: 'pending', attempts: 0 },
    ])

    respond = echo
    expect((await leadhooks.webhooks.verify(ids)).verified).toBe(true)
    await settledCount(2)
    expect(await deliveriesOf(leadhooks)).toEqual([
      { status: 'delivered', attempts: 1 },
      { status: 'delivered', attempts: 1 },
    ])
  })

  test('has to be verified again when it is another one, and only then', async () => {
    const first = await openReceiver({ respond: echo })
    const second = await openReceiver({ respond: refuse })
    const { leadhooks } = await openLeadhooks(open)
    const { webhook } = await register(leadhooks, first.url)
    const ids = { organizationId, id: webhook.id }
    const renamed = await leadhooks.webhooks.update({ ...ids, name: 'CRM', url: first.url })
    expect(renamed.verification).toBe('verified')
    expect(first.requests).toHaveLength(1)
    const moved = await leadhooks.webhooks.update({ ...ids, url: second.url })
    expect(moved).toMatchObject({ verification: 'pending', verifiedAt: null, waitsFor: 'verification' })
    expect(second.requests.map(isChallenge)).toEqual([true])
    const back = await leadhooks.webhooks.update({ ...ids, url: first.url })
    expect(back).toMatchObject({ verification: 'verified', waitsFor: null })
    expect(first.requests).toHaveLength(2)
  })

  test('that is changed while its challenge is on its way stays unverified', async () => {
    const { opened, open: answer } = gate()
    const slow: Responder = (request, response) =>
      void opened.then(() => response.end(parse(request).data.challenge))
    const first = await openReceiver({ respond: slow })
    const second = await openReceiver({ respond: refuse })
    const { leadhooks } = await openLeadhooks(open)
    const creating = register(leadhooks, first.url)
    await first.received(1)
    const [{ id } = { id: '' }] = (await leadhooks.webhooks.list({ organizationId })).data
    await leadhooks.webhooks.update({ organizationId, id, url: second.url })
    answer()
    expect((await creating).webhook).toMatchObject({ verification: 'pending' })
    const webhook = await leadhooks.webhooks.get({ organizationId, id })
    expect(webhook).toMatchObject({ verification: 'pending', waitsFor: 'verification' })
  })

  test('stays verified when a later challenge fails', async () => {
    const receiver = await openReceiver({ respond: [echo, refuse] })
    const { leadhooks } = await openLeadhooks(open)
    const { webhook } = await register(leadhooks, receiver.url)
    const again = await leadhooks.webhooks.verify({ organizationId, id: webhook.id })
    expect(again).toMatchObject({ verified: false, failure: 'status', webhook: { verification: 'verified' } })
  })

  test('keeps nobody waiting for longer than ten seconds', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: () => {} })
    const { leadhooks } = await openLeadhooks({ ...open, clock })
    const startedAt = clock.now()
    const { webhook } = await whileTimePasses(clock, register(leadhooks, receiver.url))
    expect(clock.now() - startedAt).toBeLessThanOrEqual(10_001)
    expect(webhook.verification).toBe('pending')
  })

  test('that leads inside is not called, and shows the one sentence', async () => {
    const inside = await openReceiver({ respond: echo })
    const { leadhooks } = await openLeadhooks({
      network: {
        verifyUrls: true,
        allowHttp: true,
        lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
      },
    })
    const { webhook } = await register(leadhooks, `http://public.example:${inside.port}`)
    expect(await leadhooks.webhooks.verify({ organizationId, id: webhook.id })).toMatchObject({
      verified: false,
      failure: 'blocked_address',
      message: 'The URL leads to an address that deliveries may not go to: it must be a public one',
    })
    expect(inside.connections).toBe(0)
  })
})

test('where URLs need not be verified nothing is sent, and yet one can be', async () => {
  const receiver = await openReceiver({ respond: echo })
  const { leadhooks } = await openLeadhooks()
  const { webhook } = await register(leadhooks, receiver.url)
  expect(webhook).toMatchObject({ verification: null, verifiedAt: null, waitsFor: null })
  expect(receiver.requests).toHaveLength(0)
  const verified = await leadhooks.webhooks.verify({ organizationId, id: webhook.id })
  expect(verified).toMatchObject({ verified: true, webhook: { verification: 'verified' } })
  await expect(leadhooks.webhooks.verify({ organizationId: 'other', id: webhook.id })).rejects.toMatchObject({
    code: 'not_found',
  })
})
