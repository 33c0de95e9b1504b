import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import * as sync from './index.ts'
import { isSignatureError, signPayload, type SignatureError, type WebhookEvent } from './index.ts'
import * as webcrypto from './webcrypto.ts'

const secret = sync.generateSecret()
const payload = JSON.stringify({
  id: 'evt_1',
  event: 'new_lead',
  timestamp: '2026-01-01T00:00:00Z',
  data: { score: 87 },
})
const sentAt = new Date('2026-01-01T00:00:00.700Z')

const headersFor = (body: string, by: string | string[] = secret): Record<string, string> => ({
  'webhook-id': 'evt_1',
  'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
  'webhook-signature': signPayload({ id: 'evt_1', timestamp: sentAt, payload: body, secret: by }),
})

async function refusal(verify: () => unknown): Promise<SignatureError> {
  try {
    await verify()
  } catch (error) {
    if (isSignatureError(error)) return error
    throw error
  }
  throw new Error('It was not refused')
}

for (const [twin, { verifySignature }] of Object.entries({ 'node:crypto': sync, WebCrypto: webcrypto })) {
  const valid = { payload, headers: headersFor(payload), secret, now: sentAt }

  test(`${twin}: a verified delivery comes back as the parsed event, of the type that the caller names`, async () => {
    const event = await verifySignature<WebhookEvent<{ score: number }>>(valid)
    expect(event.data.score + 1).toBe(88)
    expect(event).toEqual(JSON.parse(payload))
  })

  test(`${twin}: without \`now\` and \`toleranceSeconds\` the clock decides, five minutes to both sides`, async () => {
    const at = (seconds: number): sync.VerifySignatureInput => {
      const timestamp = Math.floor(Date.now() / 1000) + seconds
      const signature = signPayload({ id: 'a', timestamp, payload, secret })
      const headers = {
        'webhook-id': 'a',
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signature,
      }
      return { payload, headers, secret }
    }
    expect(await verifySignature(at(0))).toEqual(JSON.parse(payload))
    expect(await verifySignature(at(-290))).toEqual(JSON.parse(payload))
    expect(await verifySignature(at(290))).toEqual(JSON.parse(payload))
    expect((await refusal(() => verifySignature(at(-310)))).code).toBe('timestamp_too_old')
    expect((await refusal(() => verifySignature(at(310)))).code).toBe('timestamp_too_new')
  })

  test(`${twin}: a parsed body is refused with the two fixes`, async () => {
    for (const [parsed, name] of [
      [JSON.parse(payload), 'a parsed object'],
      [[1], 'a parsed array'],
      [undefined, 'undefined'],
      [null, 'null'],
      [7, 'a number'],
    ]) {
      const error = await refusal(() => verifySignature({ ...valid, payload: parsed }))
      expect(error.code).toBe('body_already_parsed')
      expect(error.message).toContain(`The payload is ${name}, not the raw body`)
      expect(error.message).toContain("express.raw({ type: '*/*' })")
      expect(error.message).toContain('req.rawBody = buf')
    }
  })

  test(`${twin}: bytes of another realm are bytes, as in test runners that isolate modules`, async () => {
    const bytes: Uint8Array = runInNewContext('Uint8Array.from(codes).subarray(1)', {
      codes: Buffer.from(`<${payload}`),
    })
    expect(bytes instanceof Uint8Array).toBe(false)
    expect(await verifySignature({ ...valid, payload: bytes })).toEqual(JSON.parse(payload))
    const buffer: ArrayBuffer = runInNewContext('Uint8Array.from(codes).buffer', {
      codes: Buffer.from(payload),
    })
    expect(await verifySignature({ ...valid, payload: buffer })).toEqual(JSON.parse(payload))
  })

  test(`${twin}: a part of a larger buffer is verified as that part`, async () => {
    const larger = Buffer.from(`<<${payload}>>`)
    expect(await verifySignature({ ...valid, payload: larger.subarray(2, -2) })).toEqual(JSON.parse(payload))
  })

  test(`${twin}: options that could switch a check off are refused`, async () => {
    for (const toleranceSeconds of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      const error = await refusal(() => verifySignature({ ...valid, toleranceSeconds }))
      expect([error.code, error.message]).toEqual([
        'invalid_option',
        `\`toleranceSeconds\` must be a finite number from 0 up, got ${toleranceSeconds}`,
      ])
    }
    for (const now of [Number.NaN, new Date('nonsense')]) {
      expect((await refusal(() => verifySignature({ ...valid, now }))).code).toBe('invalid_option')
    }
    const headers: Record<string, string> = JSON.parse('null')
    expect((await refusal(() => verifySignature({ ...valid, headers }))).code).toBe('invalid_option')
  })

  test(`${twin}: a secret that is missing is refused, and an environment variable is suspected`, async () => {
    const error = await refusal(() => verifySignature({ ...valid, secret: process.env['NOT_SET'] }))
    expect(error.code).toBe('invalid_secret')
    expect(error.message).toContain('is the environment variable set?')
  })

  test(`${twin}: no message holds a secret, nor a part of one`, async () => {
    const hidden = 'Q29ycmVjdEhvcnNl'
    for (const bad of [
      hidden,
      `whsec_${hidden}`,
      `whsec_${hidden}!`,
      `whpk_${hidden}`,
      `whsk_${hidden}`,
      `WHSEC_${hidden}`,
    ]) {
      const error = await refusal(() => verifySignature({ ...valid, secret: [bad] }))
      expect(error.code).toBe('invalid_secret')
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(hidden.slice(0, 6))
    }
    const error = await refusal(() => verifySignature({ ...valid, secret: sync.generateSecret() }))
    expect(error.message).not.toContain('whsec_')
  })

  test(`${twin}: what a message quotes of a header is short and cannot break a log line`, async () => {
    const headers = { ...valid.headers, 'webhook-timestamp': `1\n${'x'.repeat(5000)}` }
    const { message } = await refusal(() => verifySignature({ ...valid, headers }))
    expect(message).toContain(String.raw`got "1\nxxx`)
    expect(message).not.toContain('\n')
    expect(message.length).toBeLessThan(200)
  })

  test(`${twin}: a timestamp in milliseconds is recognised as such`, async () => {
    const headers = { ...valid.headers, 'webhook-timestamp': String(sentAt.getTime()) }
    expect((await refusal(() => verifySignature({ ...valid, headers }))).message).toContain(
      'look like milliseconds',
    )
  })

  test(`${twin}: whatever stands in the place of a header, the answer is a SignatureError`, async () => {
    for (const strange of [1767225600, {}, true, [], [[]]]) {
      const headers = { ...valid.headers, 'webhook-timestamp': JSON.parse(JSON.stringify(strange)) }
      expect((await refusal(() => verifySignature({ ...valid, headers }))).code).toBe('invalid_header')
    }
  })

  test(`${twin}: a signature of any size is refused like any other`, async () => {
    const { publicKey } = sync.generateKeyPair()
    for (const version of ['v1', 'v1a']) {
      const headers = { ...valid.headers, 'webhook-signature': `${version},${'A'.repeat(4_000_000)}` }
      expect(
        (await refusal(() => verifySignature({ ...valid, headers, secret: [secret, publicKey] }))).code,
      ).toBe('no_match')
    }
  })

  test(`${twin}: header names that every object inherits are no headers`, async () => {
    const headers: Record<string, string> = Object.create(valid.headers)
    expect((await refusal(() => verifySignature({ ...valid, headers }))).code).toBe('missing_header')
  })

  test(`${twin}: more secrets than are remembered work all the same`, async () => {
    for (let i = 0; i < 1100; i++) {
      const own = sync.generateSecret()
      expect(await verifySignature({ ...valid, headers: headersFor(payload, own), secret: own })).toBeTypeOf(
        'object',
      )
    }
    expect(await verifySignature(valid)).toEqual(JSON.parse(payload))
  })
}

test('the synchronous verifier throws, and the WebCrypto one rejects, before anything else happens', () => {
  const broken = { payload, headers: {}, secret }
  expect(() => sync.verifySignature(broken)).toThrow('The header webhook-id is missing')
  return expect(webcrypto.verifySignature(broken)).rejects.toThrow('The header webhook-id is missing')
})
