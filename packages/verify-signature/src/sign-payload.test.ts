import { describe, expect, test } from 'vitest'
import * as sync from './index.ts'
import * as webcrypto from './webcrypto.ts'

const secret = sync.generateSecret()
const input = { id: 'evt_1', timestamp: 1_767_225_600, payload: '{}', secret }

describe.each(Object.entries({ 'node:crypto': sync, WebCrypto: webcrypto }))('%s', (_twin, library) => {
  const { signPayload, createSigner, verifySignature } = library

  test('one secret gives one signature, several give several in their order', async () => {
    const { privateKey, publicKey } = sync.generateKeyPair()
    const other = sync.generateSecret()
    const signature = await signPayload({ ...input, secret: [other, secret, privateKey] })
    expect(signature).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}= v1a,[\w+/]{86}==$/)
    expect(signature.split(' ')[1]).toBe(await signPayload(input))

    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1767225600',
      'webhook-signature': signature,
    }
    for (const key of [other, secret, publicKey]) {
      expect(await verifySignature({ payload: '{}', headers, secret: key, now: 1_767_225_600_000 })).toEqual(
        {},
      )
    }
  })

  test('a signer signs many payloads with a secret that was decoded once', async () => {
    const sign = await createSigner([secret])
    for (const payload of ['{}', '[]', Buffer.from('"🚀"')]) {
      expect(await sign('evt_1', 1_767_225_600, payload)).toBe(await signPayload({ ...input, payload }))
    }
  })

  test('a Date is signed as its whole seconds', async () => {
    expect(await signPayload({ ...input, timestamp: new Date(1_767_225_600_999) })).toBe(
      await signPayload(input),
    )
  })

  test('a private key may be the seed alone', async () => {
    const { privateKey } = sync.generateKeyPair()
    const seed = `whsk_${Buffer.from(privateKey.slice(5), 'base64').subarray(0, 32).toString('base64')}`
    expect(await signPayload({ ...input, secret: seed })).toBe(
      await signPayload({ ...input, secret: privateKey }),
    )
  })

  test('nothing is signed that no receiver would accept', async () => {
    for (const id of ['evt.1', '', 'a\r\nb', 'é', 'a'.repeat(129)]) {
      await expect(code(() => signPayload({ ...input, id }))).resolves.toBe('invalid_header')
    }
    for (const timestamp of [1.5, -1, Number.NaN, 1e21, 1_767_225_600_000, new Date('nonsense')]) {
      await expect(code(() => signPayload({ ...input, timestamp }))).resolves.toBe('invalid_timestamp')
    }
    const { publicKey } = sync.generateKeyPair()
    const short = `whsk_${Buffer.alloc(48).toString('base64')}`
    for (const bad of [[], '', 'whsec_', `${secret}\n`, publicKey, short, [secret, 'whsec_AAAA']]) {
      await expect(code(() => signPayload({ ...input, secret: bad }))).resolves.toBe('invalid_secret')
    }
    const payload: string = JSON.parse('{}')
    await expect(code(() => signPayload({ ...input, payload }))).resolves.toBe('body_already_parsed')
  })
})

async function code(sign: () => unknown): Promise<string> {
  try {
    await sign()
  } catch (error) {
    if (sync.isSignatureError(error)) return error.code
    throw error
  }
  return 'signed'
}

test('new secrets are 32 random bytes, and new key pairs fit together', () => {
  expect(sync.generateSecret()).toMatch(/^whsec_[\w+/]{43}=$/)
  expect(sync.generateSecret()).not.toBe(sync.generateSecret())
  const { privateKey, publicKey } = sync.generateKeyPair()
  expect(privateKey).toMatch(/^whsk_[\w+/]{86}==$/)
  expect(publicKey).toMatch(/^whpk_[\w+/]{43}=$/)
  expect(Buffer.from(privateKey.slice(5), 'base64').subarray(32).toString('base64')).toBe(publicKey.slice(5))
})
