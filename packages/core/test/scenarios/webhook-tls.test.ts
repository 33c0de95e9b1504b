import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { memoryStorage } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  authority,
  client,
  expiredClient,
  futureServer,
  nextClient,
  selfSignedServer,
  server,
} from '../certificates.ts'
import { dispatch, openLeadhooks, organizationId } from './harness.ts'

/** Lets in whoever has a certificate of the authority, and keeps their names. */
async function openReceiver(certificate: typeof server = server) {
  const names: string[] = []
  const receiver = createServer(
    { ...certificate, ca: [authority], requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      names.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
      response.end()
    },
  )
  receiver.on('tlsClientError', () => {})
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  onTestFinished(() => {
    receiver.close()
    receiver.closeAllConnections()
  })
  const address = receiver.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `https://localhost:${port}/hooks`, names }
}

const tls = { ca: authority, certificate: client.cert, privateKey: client.key }

describe('a webhook with certificates of its own', () => {
  test('delivers to a receiver that insists on one, and so does a test send', async () => {
    const { url, names } = await openReceiver()
    const { leadhooks, settledCount } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url, tls })
    leadhooks.startWorker()
    await dispatch(leadhooks, 3)
    expect((await settledCount(3)).map(({ status }) => status)).toEqual([
      'delivered',
      'delivered',
      'delivered',
    ])
    const tested = await leadhooks.webhooks.test({ organizationId, id: webhook.id })
    expect(tested).toMatchObject({ outcome: 'succeeded', timings: { tlsMs: expect.any(Number) as number } })
    expect(names).toEqual(['crm', 'crm', 'crm', 'crm'])

    const changed = { ...tls, certificate: nextClient.cert, privateKey: nextClient.key }
    await leadhooks.webhooks.update({ organizationId, id: webhook.id, tls: changed })
    await dispatch(leadhooks)
    await settledCount(4)
    expect(names.at(-1), 'a new certificate counts from the next delivery on').toBe('crm-next')

    const without = await leadhooks.webhooks.update({ organizationId, id: webhook.id, tls: null })
    expect(without.tlsCertificates).toBeNull()
    expect(await leadhooks.webhooks.test({ organizationId, id: webhook.id })).toMatchObject({
      outcome: 'failed',
      failure: 'tls',
      message: expect.stringContaining('set that authority as `tls.ca`') as string,
    })
    expect(names).toHaveLength(5)
  })

  test('shows whose they are and when they end, and never the key', async () => {
    const { leadhooks } = await openLeadhooks()
    const url = 'https://example.com'
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url, tls })
    const expiresAt = '2120-01-01T00:00:00.000Z'
    const fingerprint = expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) as string
    expect(webhook.tlsCertificates).toEqual({
      ca: [{ subject: 'CN=Test authority', expiresAt, fingerprint }],
      client: { subject: 'O=Acme, CN=crm', expiresAt, fingerprint },
    })
    const id = webhook.id
    await leadhooks.webhooks.update({ organizationId, id, tls: { ca: authority } })
    const shown = [
      webhook,
      await leadhooks.webhooks.get({ organizationId, id }),
      await leadhooks.webhooks.list({ organizationId }),
      await leadhooks.audit.list({ organizationId }),
    ]
    const key = client.key.split('\n')[1] ?? ''
    expect(JSON.stringify(shown)).not.toContain(key)
    expect(JSON.stringify(shown)).not.toContain('BEGIN')
    const { data } = await leadhooks.audit.list({ organizationId })
    expect(data[0]?.after).toMatchObject({ tlsCertificates: { client: null } })
  })

  test('keeps them when the encryption key is rotated', async () => {
    const { url, names } = await openReceiver()
    const storage = memoryStorage()
    const clock = fakeClock()
    const former = { id: 'k1', key: randomBytes(32).toString('base64') }
    const current = { id: 'k2', key: randomBytes(32).toString('base64') }
    const before = await openLeadhooks({ storage, encryptionKeys: [former] })
    const { webhook } = await before.leadhooks.webhooks.create({ organizationId, url, tls })
    const during = await openLeadhooks({ storage, clock, encryptionKeys: [current, former] })
    during.leadhooks.startWorker()
    const sealed = async () => (await storage.findWebhook({ organizationId, id: webhook.id }))?.sealedTls
    while ((await sealed())?.startsWith('v1.k2.') !== true) await clock.advance(1000)
    const after = await openLeadhooks({ storage, encryptionKeys: [current] })
    expect(await after.leadhooks.webhooks.test({ organizationId, id: webhook.id })).toMatchObject({
      outcome: 'succeeded',
    })
    expect(names).toEqual(['crm'])
  })

  test('whose key nobody opens is given up as undecryptable, and not sent without', async () => {
    const { url, names } = await openReceiver()
    const storage = memoryStorage()
    const { leadhooks, settledCount } = await openLeadhooks({ storage })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url, tls })
    await storage.updateWebhook(webhook, { sealedTls: 'v1.lost.AAAA' })
    leadhooks.startWorker()
    await dispatch(leadhooks)
    expect(await settledCount(1)).toMatchObject([{ status: 'dead_letter' }])
    expect(names).toEqual([])
  })
})

describe('what is refused when it is saved', () => {
  const broken = client.cert.replace(/\n.{10}/, '\nAAAAAAAAAA')
  test.each<[string, object, string, RegExp]>([
    ['nothing', {}, '/tls', /Give `ca`, or/],
    ['a certificate without a key', { certificate: client.cert }, '/tls', /go together/],
    ['a key without a certificate', { ca: authority, privateKey: client.key }, '/tls', /go together/],
    ['no PEM', { ca: 'MIIBmzCCAUGgAwIBAgIU' }, '/tls/ca', /No certificate was found/],
    ['a key where a certificate belongs', { ca: client.key }, '/tls/ca', /No certificate was found/],
    [
      'a certificate that is broken',
      { ca: `${authority}\n${broken}` },
      '/tls/ca',
      /Certificate 2 cannot be read/,
    ],
    [
      'one that has expired',
      { ca: expiredClient.cert },
      '/tls/ca',
      /Certificate 1 has expired, on 2020-02-01/,
    ],
    ['one of the future', { ca: futureServer.cert }, '/tls/ca', /is not valid before 2100/],
    ['too many', { ca: authority.concat('\n').repeat(11) }, '/tls/ca', /There are 11 certificates/],
    ['too long a text', { ca: 'x'.repeat(16_385) }, '/tls/ca', /16384/],
    [
      'the key of another certificate',
      { certificate: client.cert, privateKey: nextClient.key },
      '/tls/privateKey',
      /belongs to another certificate/,
    ],
    [
      'a certificate for a key',
      { certificate: client.cert, privateKey: client.cert },
      '/tls/privateKey',
      /cannot be read/,
    ],
    [
      'an encrypted key',
      { certificate: client.cert, privateKey: client.key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE') },
      '/tls/privateKey',
      /without a passphrase/,
    ],
    ['an unknown field', { ca: authority, passphrase: 'x' }, '/tls/passphrase', /Unknown field/],
  ])('%s', async (_what, wrong, pointer, message) => {
    const { leadhooks } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: 'https://example.com', tls })
    const refusal = {
      code: 'invalid_request',
      message: expect.stringMatching(message) as string,
      issues: [{ pointer }],
    }
    const ids = { organizationId, id: webhook.id }
    for (const call of [
      leadhooks.webhooks.update({ ...ids, tls: wrong }),
      leadhooks.webhooks.create({ organizationId, url: 'https://example.com', tls: wrong }),
    ])
      await expect(call).rejects.toMatchObject(refusal)
    const error: unknown = await leadhooks.webhooks.update({ ...ids, tls: wrong }).catch((e: unknown) => e)
    expect(String(error)).not.toContain(client.key.split('\n')[1])
    expect(await leadhooks.webhooks.get(ids)).toEqual(webhook)
  })
})

test('a receiver with a certificate that only its webhook trusts gets nothing from the others', async () => {
  const { url, names } = await openReceiver(selfSignedServer)
  const { leadhooks } = await openLeadhooks()
  const own = { ...tls, ca: selfSignedServer.cert }
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url, tls: own })
  const { webhook: other } = await leadhooks.webhooks.create({ organizationId, url })
  const test = (id: string) => leadhooks.webhooks.test({ organizationId, id })
  expect(await test(webhook.id)).toMatchObject({ outcome: 'succeeded' })
  expect(await test(other.id)).toMatchObject({ failure: 'tls' })
  expect(names).toEqual(['crm'])
})
