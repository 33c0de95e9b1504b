import { expect, test } from 'vitest'
import { verifyRequest, verifyWebhook } from './fetch.ts'
import { generateKeyPair, generateSecret, SignatureError, signPayload, type WebhookEvent } from './index.ts'

const secret = generateSecret()
const event: WebhookEvent = {
  id: 'evt_1',
  event: 'new_lead',
  timestamp: '2026-01-01T00:00:00Z',
  data: { name: 'Zoë 🚀' },
}
const body = JSON.stringify(event, null, 2)

function delivery(by = secret, init: RequestInit = {}): Request {
  const timestamp = Math.floor(Date.now() / 1000)
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signPayload({ id: 'evt_1', timestamp, payload: body, secret: by }),
  }
  return new Request('https://example.com/webhooks', { method: 'POST', headers, body, ...init })
}

test('a verified request resolves to its event', async () => {
  expect(await verifyRequest(delivery(), { secret })).toEqual(event)
})

test('a public key verifies what its private key signed', async () => {
  const { privateKey, publicKey } = generateKeyPair()
  expect(await verifyRequest(delivery(privateKey), { secret: publicKey })).toEqual(event)
  await expect(verifyRequest(delivery(), { secret: publicKey })).rejects.toMatchObject({ code: 'no_match' })
})

test('a body that was read before is refused with the two fixes', async () => {
  const request = delivery()
  await request.text()
  const verified = verifyRequest(request, { secret })
  await expect(verified).rejects.toMatchObject({ code: 'body_already_parsed' })
  await expect(verified).rejects.toThrow('read before, and can be read only once. Two fixes: (1)')
})

test('the exact bytes are verified, where request.text() would drop or replace some', async () => {
  for (const strange of [Buffer.from('\uFEFF{}'), Buffer.from([0x22, 0xff, 0x22])]) {
    const timestamp = Math.floor(Date.now() / 1000)
    const signature = signPayload({ id: 'a', timestamp, payload: strange, secret })
    const headers = {
      'webhook-id': 'a',
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    }
    const verified = verifyRequest(delivery(secret, { headers, body: strange }), { secret })
    // The signature is good; it is the JSON that is not.
    await expect(verified).rejects.toMatchObject({ code: 'invalid_payload' })
  }
})

test('a body beyond the limit is not read to its end', async () => {
  let pulled = 0
  const endless = new ReadableStream({
    pull(controller) {
      pulled++
      controller.enqueue(new Uint8Array(1000))
    },
  })
  const request = delivery(secret, { body: endless, duplex: 'half' })
  await expect(verifyRequest(request, { secret, limitBytes: 5000 })).rejects.toMatchObject({
    code: 'payload_too_large',
  })
  expect(pulled).toBeLessThan(10)
})

test('a request without a body is verified as an empty one', async () => {
  const request = new Request('https://example.com', { headers: delivery().headers })
  await expect(verifyRequest(request, { secret })).rejects.toMatchObject({ code: 'no_match' })
})

test('a wrapped handler gets the event, the request, and what the framework passes along', async () => {
  const POST = verifyWebhook(
    { secret: (_request: Request, env: { SECRET: string }) => env.SECRET },
    async (event: WebhookEvent<{ name: string }>, request, env) =>
      Response.json([event.data.name, new URL(request.url).pathname, env.SECRET === secret]),
  )
  expect(await (await POST(delivery(), { SECRET: secret })).json()).toEqual(['Zoë 🚀', '/webhooks', true])
})

test('a forged delivery gets 401 as a problem document, and the handler is not called', async () => {
  const handle = verifyWebhook({ secret }, () => {
    throw new Error('called')
  })
  const response = await handle(delivery(generateSecret()))
  expect(response.status).toBe(401)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toMatchObject({ status: 401, code: 'no_match' })
})

test('mistakes of the receiver are thrown, for the framework to log', async () => {
  const handle = verifyWebhook({ secret: process.env['NOT_SET'] }, () => new Response())
  await expect(handle(delivery())).rejects.toBeInstanceOf(SignatureError)
  const failing = verifyWebhook({ secret }, () => Promise.reject(new Error('of the handler')))
  await expect(failing(delivery())).rejects.toThrow('of the handler')
})

test('a host may answer failures itself', async () => {
  const onError = (error: SignatureError): Response => new Response(error.code, { status: 404 })
  const response = await verifyWebhook({ secret, onError }, () => new Response())(delivery(generateSecret()))
  expect([response.status, await response.text()]).toEqual([404, 'no_match'])
})

test('the clock and the tolerance are options', async () => {
  const now = (): number => Date.now() - 3_600_000
  await expect(verifyRequest(delivery(), { secret, now })).rejects.toMatchObject({
    code: 'timestamp_too_new',
  })
  expect(await verifyRequest(delivery(), { secret, now, toleranceSeconds: 7200 })).toEqual(event)
})
