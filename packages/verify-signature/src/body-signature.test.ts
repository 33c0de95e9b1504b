import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import * as sync from './index.ts'
import * as webcrypto from './webcrypto.ts'

const secret = sync.generateSecret()
const payload = '{"event":"new_lead","data":{"name":"Zoë"}}'
// What the receivers of both older schemes compute.
const hex = createHmac('sha256', secret).update(payload).digest('hex')

describe.each(Object.entries({ 'node:crypto': sync, WebCrypto: webcrypto }))('%s', (_twin, library) => {
  const { signBody, verifyBodySignature } = library

  test('the body is signed with the secret as it is shown, prefix included', async () => {
    expect(await signBody({ payload, secret })).toBe(`sha256=${hex}`)
    expect(await signBody({ payload: Buffer.from(payload), secret, format: 'hex' })).toBe(hex)
  })

  test('the signature is taken from the headers, or given', async () => {
    const event = JSON.parse(payload)
    expect(await verifyBodySignature({ payload, headers: { 'x-webhook-signature': hex }, secret })).toEqual(
      event,
    )
    expect(
      await verifyBodySignature({ payload, signature: `sha256=${hex}`, secret: ['other', secret] }),
    ).toEqual(event)
  })

  test('a signature that Node or a proxy hands over as a list must be alone in it', async () => {
    expect(await verifyBodySignature({ payload, signature: [hex], secret })).toEqual(JSON.parse(payload))
    const verified = Promise.resolve().then(() =>
      verifyBodySignature({ payload, signature: [hex, hex], secret }),
    )
    await expect(verified).rejects.toMatchObject({ code: 'invalid_header' })
  })

  test('a header that is not there is missing_header, however it was looked up', async () => {
    for (const absent of [
      { signature: undefined },
      { signature: new Headers().get('x') },
      { headers: {} },
      {},
    ]) {
      const verified = Promise.resolve().then(() => verifyBodySignature({ payload, secret, ...absent }))
      await expect(verified).rejects.toMatchObject({ code: 'missing_header' })
    }
  })

  test('an empty key is never used', async () => {
    const signature = createHmac('sha256', '').update(payload).digest('hex')
    for (const empty of ['', [''], [secret, ''], undefined]) {
      const verified = Promise.resolve().then(() =>
        verifyBodySignature({ payload, signature, secret: empty }),
      )
      await expect(verified).rejects.toMatchObject({ code: 'invalid_secret' })
    }
    const signed = Promise.resolve().then(() => signBody({ payload, secret: '' }))
    await expect(signed).rejects.toMatchObject({ code: 'invalid_secret' })
  })
})

test('a body signer signs many bodies with a key that was made once', () => {
  expect(sync.createBodySigner(secret)(payload)).toBe(`sha256=${hex}`)
  expect(sync.createBodySigner(secret, 'hex')(Buffer.from(payload))).toBe(hex)
})
