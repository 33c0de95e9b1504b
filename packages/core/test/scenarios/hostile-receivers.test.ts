import { once } from 'node:events'
import { createServer, type LookupFunction, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { gzipSync } from 'node:zlib'
import {
  drip,
  earlyHints,
  endlessBody,
  hang,
  hangUp,
  hugeHeaders,
  junk,
  redirectTo,
  resetInBody,
} from '@leadhooks/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { expiredServer, selfSignedServer } from '../certificates.ts'
import { openLeadhooks, openReceiver, organizationId } from './harness.ts'

async function openTls(certificate: TlsOptions): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTlsServer(certificate).on('tlsClientError', () => {})
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`
}

/** A port that nobody listens on any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Names that never resolve, one that does not exist, one that leads inside, one that leads to both; all others are loopback. */
const lookup: LookupFunction = (name, _options, callback) => {
  if (name.startsWith('silent')) return
  if (name.startsWith('none')) return callback(new Error('ENOTFOUND'), [])
  const inside = { address: '169.254.169.254', family: 4 }
  const outside = { address: '127.0.0.1', family: 4 }
  if (name.startsWith('inside')) return callback(null, [inside])
  callback(null, name.startsWith('mixed') ? [outside, inside] : [outside])
}

const bomb = gzipSync(Buffer.alloc(20_000_000))

test('every kind of hostile receiver fails with its class, and a healthy one beside them notices nothing', async () => {
  const answers = {
    hang: [hang, 'timeout_first_byte'],
    drip: [drip(), 'timeout_body'],
    earlyHints: [earlyHints(), 'timeout_first_byte'],
    hangUp: [hangUp, 'reset'],
    resetInBody: [resetInBody, 'reset'],
    hugeHeaders: [hugeHeaders, 'too_large'],
    junk: [junk, 'invalid_response'],
    redirect: [redirectTo('http://127.0.0.1:1/'), 'status'],
    endlessBody: [endlessBody, null],
    gzipBomb: [{ headers: { 'content-encoding': 'gzip' }, body: bomb }, null],
  } as const
  const places: [name: string, url: string, failure: string | null][] = [
    ...(await Promise.all(
      Object.entries(answers).map(
        async ([name, [respond, failure]]): Promise<[string, string, string | null]> => [
          name,
          (await openReceiver({ respond })).url,
          failure,
        ],
      ),
    )),
    ['expired', await openTls(expiredServer), 'tls'],
    ['selfSigned', await openTls(selfSignedServer), 'tls'],
    ['refused', `http://refused.example:${await closedPort()}`, 'connect'],
    ['none', 'https://none.example', 'dns'],
    ['inside', 'https://inside.example', 'blocked_address'],
    ['mixed', 'https://mixed.example', 'blocked_address'],
    ...Array.from({ length: 8 }, (_, n): [string, string, string] => [
      `silent${n}`,
      `https://silent${n}.example`,
      'timeout_dns',
    ]),
  ]
  const healthy = await openReceiver()
  const { leadhooks, settled, settledCount } = await openLeadhooks({
    network: { allowPrivateAddresses: true, allowHttp: true, lookup },
    delivery: { timeoutMs: 1000, retry: { delaysMs: [] }, concurrency: 128, organizationConcurrency: 128 },
  })
  const failures = new Map<string, string | null>()
  for (const [name, url, failure] of places) {
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url, name })
    failures.set(webhook.id, failure)
  }
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url: healthy.url })
  leadhooks.startWorker()
  for (let n = 0; n < 3; n++) await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { n } })
  await healthy.received(3)
  const isHanging = settled.filter(({ webhookId }) => failures.get(webhookId)?.startsWith('timeout'))
  expect(isHanging, 'the healthy one was served before the first hanging one was given up').toEqual([])

  await settledCount(3 * (places.length + 1))
  const { data } = await leadhooks.deliveries.list({ organizationId, limit: 100 })
  for (const delivery of data) {
    const [attempt, ...more] = await leadhooks.deliveries.attempts({ organizationId, id: delivery.id })
    const failure = failures.get(delivery.webhookId) ?? null
    expect(attempt).toMatchObject({ number: 1, failure, message: failure && (expect.any(String) as string) })
    expect(attempt?.durationMs).toBeLessThan(2000)
    expect(more).toEqual([])
  }
  const { consecutiveFailures } = await leadhooks.webhooks.health({ organizationId, id: webhook.id })
  expect(consecutiveFailures).toBe(0)
})

test('a name that turns inside after its webhook was saved is not called, by a delivery or by a test', async () => {
  const receiver = await openReceiver()
  let address = '127.0.0.1'
  const { leadhooks, settledCount } = await openLeadhooks({
    network: {
      allowHttp: true,
      allowedCidrs: ['127.0.0.1/32'],
      lookup: (_name, _options, callback) => callback(null, [{ address, family: 4 }]),
    },
    delivery: { retry: { delaysMs: [] } },
  })
  const url = `http://rebind.example:${receiver.port}`
  const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
  address = '127.0.0.2'
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  await settledCount(1)
  const [delivery] = (await leadhooks.deliveries.list({ organizationId })).data
  const [attempt] = await leadhooks.deliveries.attempts({ organizationId, id: delivery?.id ?? '' })
  expect(attempt).toMatchObject({ failure: 'blocked_address', durationMs: 0 })
  const tested = await leadhooks.webhooks.test({ organizationId, id: webhook.id })
  expect(tested).toMatchObject({ failure: 'blocked_address', timings: null })
  expect(receiver.connections).toBe(0)
})
