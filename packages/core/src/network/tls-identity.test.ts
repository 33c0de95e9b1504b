import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import { connect, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import {
  authority,
  client,
  expiredClient,
  nextClient,
  selfSignedServer,
  server as serverCertificate,
} from '../../test/certificates.ts'
import { systemClock } from '../clock.ts'
import { sendRequest } from '../deliveries/send-request.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { explainTls } from './dial-error.ts'
import { createGuardedAgent, type GuardedAgent } from './guarded-agent.ts'
import { type NetworkOptions, resolveNetworkPolicy } from './network-policy.ts'
import type { TlsIdentity } from './tls-identity.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A receiver that wants to know who connects, and answers with whom it has seen. */
async function openReceiver(options: ServerOptions = {}) {
  const seen = { connections: 0, open: 0, resumed: 0 }
  const server = createServer(
    { ...serverCertificate, ca: [authority], requestCert: true, rejectUnauthorized: false, ...options },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate()
      response.end(String((subject as { CN?: string } | undefined)?.CN))
    },
  )
  // So that a connection that closes was closed by the agent, and not because it was idle for seconds.
  server.keepAliveTimeout = 60_000
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket) => {
    seen.connections++
    seen.open++
    if (socket.isSessionReused()) seen.resumed++
    socket.once('close', () => seen.open--)
  })
  return { url: `https://localhost:${await portOf(server)}/`, seen }
}

const open: NetworkOptions = { allowPrivateAddresses: true }

function agentFor(network: NetworkOptions = open, clock = systemClock): GuardedAgent {
  const agent = createGuardedAgent(resolveNetworkPolicy(network), clock)
  closers.push(() => agent.destroy())
  return agent
}

const identity = (id: string, pair: { key: string; cert: string } | null): TlsIdentity => ({
  id,
  ca: [authority],
  certificate: pair?.cert ?? null,
  privateKey: pair?.key ?? null,
})
const crm = identity('crm', client)
const next = identity('next', nextClient)
const nobody = identity('nobody', null)

async function post(agent: GuardedAgent, url: string, tls?: TlsIdentity): Promise<string> {
  const request = { url: new URL(url), headers: [], body: '{}', timeoutMs: 2000, tls }
  const result = await sendRequest(agent, systemClock, request)
  return result.kind === 'response' ? result.body.toString() : `${result.failure}: ${result.message}`
}

describe('a TLS identity', () => {
  test('shows its certificate, and no other connection does', async () => {
    const { url, seen } = await openReceiver()
    const agent = agentFor({ ...open, ca: [authority] })
    for (let n = 0; n < 3; n++) {
      expect(await post(agent, url, crm)).toBe('crm')
      expect(await post(agent, url, next)).toBe('crm-next')
      expect(await post(agent, url, nobody)).toBe('undefined')
      expect(await post(agent, url)).toBe('undefined')
    }
    expect(seen).toMatchObject({ connections: 4, resumed: 0 })
  })

  test('takes up its own TLS sessions again, and those of no other', async () => {
    const { url, seen } = await openReceiver({ maxVersion: 'TLSv1.2' })
    const agent = agentFor()
    const closing: TlsIdentity[] = [crm, next]
    for (const one of closing) expect(await post(agent, url, one)).not.toBe('undefined')
    expect(seen.resumed).toBe(0)
    await Promise.all([post(agent, url, crm), post(agent, url, crm), post(agent, url, crm)])
    expect(seen).toMatchObject({ connections: 4, resumed: 2 })
    expect(await post(agent, url, next)).toBe('crm-next')
  })

  test('trusts its own authorities in place of all others', async () => {
    const selfSigned = await openReceiver(selfSignedServer)
    const signed = await openReceiver()
    const agent = agentFor({ ...open, ca: [authority] })
    const pinned: TlsIdentity = { ...nobody, id: 'pinned', ca: [selfSignedServer.cert] }
    expect(await post(agent, selfSigned.url, pinned)).toBe('undefined')
    expect(await post(agent, signed.url, pinned)).toMatch(/^tls: /)
    expect(await post(agent, selfSigned.url)).toMatch(/^tls: .*self-signed/)
    expect(await post(agent, signed.url)).toBe('undefined')
    const trusting: TlsIdentity = { ...crm, id: 'trusting', ca: [] }
    expect(await post(agent, signed.url, trusting), 'with none of its own, as the host does').toBe('crm')
  })

  test('keeps to the least version of TLS that the host has', async () => {
    const { url } = await openReceiver({ maxVersion: 'TLSv1.2' })
    expect(await post(agentFor(), url, crm)).toBe('crm')
    expect(await post(agentFor({ ...open, minTlsVersion: 'TLSv1.3' }), url, crm)).toMatch(/^tls: /)
  })

  test('leads to no inside address', async () => {
    const { url, seen } = await openReceiver()
    const network: NetworkOptions = {
      lookup: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    }
    const agent = agentFor(network)
    expect(await post(agent, url.replace('localhost', 'receiver.example'), crm)).toMatch(/^blocked_address/)
    expect(await post(agent, url.replace('localhost', '127.0.0.1'), crm)).toMatch(/^blocked_address/)
    expect(seen.connections).toBe(0)
  })

  test('is shown to the receiver behind a proxy, and not to the proxy', async () => {
    const { url } = await openReceiver()
    const asked: (string | undefined)[] = []
    const proxy = createHttpServer().on('connect', ({ url: authority = '' }, socket: Socket) => {
      asked.push(authority)
      const { hostname, port } = new URL(`http://${authority}`)
      const upstream = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      for (const end of [upstream, socket]) end.on('error', () => {})
    })
    const agent = agentFor({ ...open, proxy: `http://127.0.0.1:${await portOf(proxy)}` })
    expect(await post(agent, url, crm)).toBe('crm')
    expect(asked).toHaveLength(1)
  })
})

describe('a receiver that insists on a client certificate', () => {
  test('by TLS 1.2 says so to whoever has none', async () => {
    const { url } = await openReceiver({ rejectUnauthorized: true, maxVersion: 'TLSv1.2' })
    const agent = agentFor()
    expect(await post(agent, url, crm)).toBe('crm')
    expect(await post(agent, url, nobody)).toMatch(
      /^tls: The receiver broke off TLS: it may ask for a client/,
    )
    expect(await post(agent, url, identity('past', expiredClient))).toMatch(/^tls: /)
  })

  test('by TLS 1.3 hangs up on whoever has none, and that may be why', async () => {
    const { url } = await openReceiver({ rejectUnauthorized: true, minVersion: 'TLSv1.3' })
    const agent = agentFor()
    expect(await post(agent, url, crm)).toBe('crm')
    for (const one of [nobody, identity('past', expiredClient), identity('unknown', selfSignedServer)])
      expect(await post(agent, url, one)).toMatch(/^reset: .*client certificate, or for one$/)
  })

  test.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /may ask for a client certificate/],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', /may ask for a client certificate/],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', /as expired/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /from an authority that the receiver trusts/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /check that it speaks TLS/],
  ])('is understood where it sends an alert: %s', (code, sentence) => {
    expect(explainTls(code)).toMatch(sentence)
  })
})

describe('the agents of identities', () => {
  test('are a hundred at most: that which was used longest ago closes', async () => {
    const { url, seen } = await openReceiver()
    const agent = agentFor()
    for (let n = 0; n < 105; n++) expect(await post(agent, url, { ...crm, id: `crm-${n}` })).toBe('crm')
    await expect.poll(() => seen.open).toBeLessThanOrEqual(100)
    const { connections } = seen
    await post(agent, url, { ...crm, id: 'crm-104' })
    expect(seen.connections, 'the last one is used again').toBe(connections)
    expect(await post(agent, url, { ...crm, id: 'crm-0' })).toBe('crm')
    expect(seen.connections, 'the first one was closed').toBe(connections + 1)
  })

  test('close when they were not used for a minute, and another one is made', async () => {
    const clock = fakeClock()
    const { url, seen } = await openReceiver()
    const agent = agentFor(open, clock)
    await post(agent, url, crm)
    await clock.advance(60_001)
    await post(agent, url, next)
    await expect.poll(() => seen.open).toBe(1)
  })
})
