import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { defineEvents, type Webhook } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type Harness, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const events = defineEvents({
  'contact.removed': { schema: z.object({ id: z.string() }) },
  new_lead: { schema: z.object({ id: z.string() }), example: { id: 'lead_123' } },
})

interface Stage extends Harness {
  webhook: Webhook
  secret: string
}

async function openStage(url: string, options: Parameters<typeof openLeadhooks>[0] = {}): Promise<Stage> {
  const harness = await openLeadhooks({ events, ...options })
  const settings = { organizationId, url, headers: { 'x-tenant': 'the-secret-tenant' } }
  return { ...harness, ...(await harness.leadhooks.webhooks.create(settings)) }
}

const ids = ({ id }: Webhook) => ({ organizationId, id })

describe('a test send', () => {
  test('is a signed request like any other, and is told of in full', async () => {
    const respond = { status: 200, headers: { 'x-trace': 'abc' }, body: 'thanks' }
    const receiver = await openReceiver({ respond })
    const { leadhooks, webhook, secret } = await openStage(`${receiver.url}/hooks`)
    const { signedContent, ...result } = await leadhooks.webhooks.test(ids(webhook))

    const [received] = await receiver.received(1)
    const { body: payload = '', headers = {} } = received ?? {}
    expect(verifySignature({ payload, headers, secret })).toMatchObject({
      event: 'new_lead',
      data: { id: 'lead_123' },
    })
    const time = headers['webhook-timestamp']
    expect(signedContent).toBe(`${String(headers['webhook-id'])}.${String(time)}.${String(payload)}`)
    expect(headers['x-tenant']).toBe('the-secret-tenant')
    expect(result).toMatchObject({
      outcome: 'succeeded',
      failure: null,
      message: expect.stringMatching(/^The receiver answered 200 within \d+ ms/) as string,
      request: {
        method: 'POST',
        url: `${receiver.url}/hooks`,
        headers: { 'webhook-signature': headers['webhook-signature'], 'x-tenant': '(hidden)' },
        body: String(payload),
      },
      response: { statusCode: 200, headers: { 'x-trace': 'abc' }, body: 'thanks' },
      timings: { dnsMs: null, connectMs: expect.any(Number) as number, tlsMs: null },
    })
    expect(result.timings?.totalMs).toBeGreaterThanOrEqual(result.timings?.firstByteMs ?? Infinity)
    expect(JSON.stringify(result)).not.toContain('the-secret-tenant')
  })

  test('shows no credentials, whatever the receiver echoes', async () => {
    const respond = ({ headers }: { headers: IncomingHttpHeaders }) => ({
      status: 200,
      headers: { 'x-echo': String(headers['x-tenant']) },
      body: JSON.stringify(headers),
    })
    const receiver = await openReceiver({ respond })
    const { leadhooks, webhook, settledCount } = await openStage(receiver.url)
    const bearer = { type: 'bearer', token: 'the-secret-token' } as const
    await leadhooks.webhooks.update({ ...ids(webhook), authentication: bearer })
    const tested = await leadhooks.webhooks.test(ids(webhook))
    expect(tested.response?.body).toContain('"x-tenant":"(hidden)"')
    expect(JSON.stringify(tested)).not.toContain('the-secret')
    leadhooks.startWorker()
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { id: 'lead_1' } })
    await settledCount(1)
    const [delivery] = (await leadhooks.deliveries.list({ organizationId })).data
    const attempts = await leadhooks.deliveries.attempts({ organizationId, id: delivery?.id ?? '' })
    expect(attempts.map(({ responseBody }) => responseBody)).toEqual([
      expect.stringContaining('"authorization":"Bearer (hidden)"'),
    ])
    expect(JSON.stringify(attempts)).not.toContain('the-secret')
  })

  test('leaves nothing behind: no event, no delivery, no mark on the health of the webhook', async () => {
    const receiver = await openReceiver({ respond: 500 })
    const { leadhooks, webhook, observed } = await openStage(receiver.url, {
      delivery: { autoDisable: { consecutiveFailures: 1 } },
    })
    leadhooks.startWorker()
    const { outcome, failure, message } = await leadhooks.webhooks.test(ids(webhook))
    expect({ outcome, failure }).toEqual({ outcome: 'failed', failure: 'status' })
    expect(message).toContain('500')
    expect(await leadhooks.webhooks.get(ids(webhook))).toEqual(webhook)
    expect((await leadhooks.webhooks.health(ids(webhook))).consecutiveFailures).toBe(0)
    expect((await leadhooks.deliveries.list({ organizationId })).data).toEqual([])
    expect((await leadhooks.events.list({ organizationId })).data).toEqual([])
    expect(observed).toEqual([])
  })

  test('that is answered 410 leaves the webhook on, and says what a delivery would do', async () => {
    const receiver = await openReceiver({ respond: 410 })
    const { leadhooks, webhook } = await openStage(receiver.url)
    const { message } = await leadhooks.webhooks.test(ids(webhook))
    expect(message).toMatch(/410 Gone: a delivery that is answered so switches the webhook off/)
    expect((await leadhooks.webhooks.get(ids(webhook))).enabled).toBe(true)
  })

  test('goes to a webhook that is switched off too', async () => {
    const receiver = await openReceiver()
    const { leadhooks, webhook } = await openStage(receiver.url)
    await leadhooks.webhooks.disable(ids(webhook))
    expect(await leadhooks.webhooks.test(ids(webhook))).toMatchObject({ outcome: 'succeeded' })
  })

  test('to an inside address shows the one sentence, and no timings', async () => {
    const { leadhooks, webhook } = await openStage('https://public.example', {
      network: {
        lookup: (_name, _options, callback) => callback(null, [{ address: '10.0.0.1', family: 4 }]),
      },
    })
    expect(await leadhooks.webhooks.test(ids(webhook))).toMatchObject({
      failure: 'blocked_address',
      message: 'The URL leads to an address that deliveries may not go to: it must be a public one',
      response: null,
      timings: null,
    })
  })

  test('to a receiver that hangs ends at its deadline', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver({ respond: () => {} })
    const { leadhooks, webhook } = await openStage(receiver.url, { clock, delivery: { timeoutMs: 200 } })
    const tested = await whileTimePasses(clock, leadhooks.webhooks.test(ids(webhook)))
    expect(tested).toMatchObject({
      failure: 'timeout_first_byte',
      response: null,
      timings: { firstByteMs: null, totalMs: 200 },
    })
  })

  test('shows what came of an answer that broke off', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { leadhooks, webhook } = await openStage(`http://127.0.0.1:${port}`)
    expect(await leadhooks.webhooks.test(ids(webhook))).toMatchObject({
      outcome: 'failed',
      response: { statusCode: 200, body: 'half' },
    })
  })
})

describe('what a test sends', () => {
  test('is the type and the data that were asked for, checked by the catalogue', async () => {
    const receiver = await openReceiver()
    const { leadhooks, webhook } = await openStage(receiver.url)
    const wanted = { ...ids(webhook), eventType: 'contact.removed', data: { id: 'c1' } }
    const { request } = await leadhooks.webhooks.test(wanted)
    expect(JSON.parse(request.body)).toMatchObject({ event: 'contact.removed', data: { id: 'c1' } })
    await expect(leadhooks.webhooks.test({ ...wanted, data: {} })).rejects.toMatchObject({
      code: 'invalid_event_data',
      issues: [{ pointer: '/data/id' }],
    })
    await expect(leadhooks.webhooks.test({ ...ids(webhook), eventType: 'nothing' })).rejects.toMatchObject({
      code: 'unknown_event_type',
    })
    expect(receiver.requests).toHaveLength(1)
  })

  test('has to be said where no example fits', async () => {
    const { leadhooks, webhook } = await openStage('https://public.example')
    const noExample = leadhooks.webhooks.test({ ...ids(webhook), eventType: 'contact.removed' })
    await expect(noExample).rejects.toMatchObject({ code: 'invalid_request', issues: [{ pointer: '/data' }] })
    await leadhooks.webhooks.update({ ...ids(webhook), eventTypes: ['contact.*'] })
    await expect(leadhooks.webhooks.test(ids(webhook))).rejects.toMatchObject({
      code: 'invalid_request',
      issues: [{ pointer: '/eventType' }],
    })
    const others = leadhooks.webhooks.test({ organizationId: 'other', id: webhook.id })
    await expect(others).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is free where the host has no catalogue', async () => {
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    const { request } = await leadhooks.webhooks.test(ids(webhook))
    expect(JSON.parse(request.body)).toMatchObject({ event: 'test', data: {} })
  })
})
