import { once } from 'node:events'
import { createServer, type LookupFunction, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import {
  authority,
  expiredServer,
  futureServer,
  otherServer,
  selfSignedServer,
  server,
  unchainedServer,
} from '../../test/certificates.ts'
import { systemClock } from '../clock.ts'
import { createGuardedAgent, type GuardedAgent } from '../network/guarded-agent.ts'
import { type NetworkOptions, resolveNetworkPolicy } from '../network/network-policy.ts'
import { type OutgoingRequest, sendRequest, type SendResult } from './send-request.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

const open: NetworkOptions = { allowPrivateAddresses: true, allowHttp: true, ca: [authority] }

function openAgent(network: NetworkOptions = open): GuardedAgent {
  const agent = createGuardedAgent(resolveNetworkPolicy(network), systemClock)
  closers.push(() => agent.destroy())
  return agent
}

async function portOf(listening: Server): Promise<number> {
  const sockets = new Set<Socket>()
  listening.on('connection', (socket) => sockets.add(socket))
  listening.on('tlsClientError', () => {})
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    listening.close()
  })
  const address = listening.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A server that does as it likes with each connection. */
async function hostileUrl(onSocket: (socket: Socket) => void): Promise<string> {
  const listening = createServer((socket) => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  return `http://127.0.0.1:${await portOf(listening)}/`
}

function post(agent: GuardedAgent, url: string, request: Partial<OutgoingRequest> = {}): Promise<SendResult> {
  const common = { headers: [], body: '{}', timeoutMs: 150 }
  return sendRequest(agent, systemClock, { url: new URL(url), ...common, ...request })
}

type Behaviour = (socket: Socket) => void

/** Once it has been asked. */
const asked =
  (behave: Behaviour): Behaviour =>
  (socket) =>
    void socket.once('data', () => behave(socket))

const say = (text: string): Behaviour => asked((socket) => void socket.write(text, 'latin1'))

/** As fast as it is read, and without an end. */
const pour = (start: string, more: string): Behaviour =>
  asked((socket) => {
    const go = (): void => {
      while (!socket.destroyed && socket.write(more));
    }
    socket.on('drain', go)
    socket.write(start)
    go()
  })

const drip = (text: string): Behaviour =>
  asked((socket) => {
    let at = 0
    const timer = setInterval(() => socket.write(text.charAt(at++ % text.length)), 5)
    socket.on('close', () => clearInterval(timer))
  })

const ok = 'HTTP/1.1 200 OK\r\n'
const header = `x-a: ${'a'.repeat(1000)}\r\n`
const done = 'content-length: 0\r\n\r\n'

describe('a receiver that answers with', () => {
  test.each<[string, Behaviour, string]>([
    ['nothing', (socket) => void socket.resume(), 'timeout_first_byte'],
    ['nothing, and hangs up', (socket) => void socket.end(), 'reset'],
    ['1 MB of headers', say(`${ok}${header.repeat(1000)}\r\n`), 'too_large'],
    ['headers without an end', pour(ok, header), 'too_large'],
    ['one header without an end', pour(`${ok}x-a: `, 'a'.repeat(10_000)), 'too_large'],
    ['a status line without an end', pour('HTTP/1.1 200 ', 'a'.repeat(10_000)), 'too_large'],
    ['headers that drip', drip(`${ok}x-a: ${'a'.repeat(200)}`), 'timeout_first_byte'],
    ['trailers without an end', pour(`${ok}transfer-encoding: chunked\r\n\r\n0\r\n`, header), 'too_large'],
    [
      'a chunk size without an end',
      pour(`${ok}transfer-encoding: chunked\r\n\r\n5;`, 'a'.repeat(10_000)),
      'too_large',
    ],
    ['100, and then nothing', say('HTTP/1.1 100 Continue\r\n\r\n'), 'invalid_response'],
    ['100 without an end', pour('', 'HTTP/1.1 100 Continue\r\n\r\n'), 'invalid_response'],
    ['102 without an end', pour('', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(99)), 'too_large'],
    ['103 and headers without an end', pour('', `HTTP/1.1 103 Early Hints\r\n${header}\r\n`), 'too_large'],
    ['status 0', say(`HTTP/1.1 000 Odd\r\n${done}`), 'invalid_response'],
    ['status 99', say(`HTTP/1.1 099 Odd\r\n${done}`), 'invalid_response'],
    ['status 2000', say(`HTTP/1.1 2000 Odd\r\n${done}`), 'invalid_response'],
    ['two lengths', say(`${ok}content-length: 1\r\ncontent-length: 2\r\n\r\naa`), 'invalid_response'],
    [
      'a length and chunks',
      say(`${ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
      'invalid_response',
    ],
    ['a length beyond numbers', say(`${ok}content-length: ${'9'.repeat(30)}\r\n\r\n`), 'invalid_response'],
    ['HTTP/2', say('\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0d'), 'invalid_response'],
    ['junk, unasked', (socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n'), 'invalid_response'],
    ['zeros without an end', pour('', '\0'.repeat(10_000)), 'invalid_response'],
  ])('%s fails in time, with its class', async (_what, behave, failure) => {
    const url = await hostileUrl(behave)
    const startedAt = performance.now()
    // To be fed without an end until the deadline would keep a processor busy, and all other webhooks waiting.
    const result = await post(openAgent(), url, { timeoutMs: failure.startsWith('timeout') ? 150 : 10_000 })
    expect(performance.now() - startedAt).toBeLessThan(1500)
    expect(result).toMatchObject({ kind: 'failure', failure })
  })

  test('the end before the beginning: an answer that is there before the request was read counts', async () => {
    const big = 'x'.repeat(4_000_000)
    for (const behave of [
      (socket: Socket) => void socket.resume().write(`${ok}${done}`),
      (socket: Socket) => void socket.pause().write(`${ok}${done}`),
    ]) {
      const result = await post(openAgent(), await hostileUrl(behave), { body: big, timeoutMs: 2000 })
      expect(result).toMatchObject({ kind: 'response', statusCode: 200 })
    }
  })

  test.each<[string, (socket: Socket) => void]>([
    ['closes', (socket) => socket.destroy()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ])('a refusal before it has read, and %s, fails at once, with that or as a reset', async (_what, end) => {
    const refusal = `HTTP/1.1 413 No\r\nconnection: close\r\n${done}`
    const url = await hostileUrl(asked((socket) => void socket.pause().write(refusal, () => end(socket))))
    const result = await post(openAgent(), url, { body: 'x'.repeat(4_000_000), timeoutMs: 2000 })
    // What was still to be read of a connection that is reset is not always read.
    expect(result.kind === 'response' ? result.statusCode : result.failure).toBeOneOf([413, 'reset'])
    expect(result.durationMs).toBeLessThan(1500)
  })

  test.each([
    ['http', createServer],
    ['https', (onSocket: (socket: Socket) => void) => createTlsServer(server, onSocket)],
  ])('nothing, and reads nothing, never took the request, by %s', async (protocol, create) => {
    const listening = create((socket) => void socket.pause())
    const url = `${protocol}://localhost:${await portOf(listening)}/`
    const result = await post(openAgent(), url, { body: 'x'.repeat(16_000_000), timeoutMs: 500 })
    expect(result).toMatchObject({ failure: 'timeout_sending' })
  })

  test('two answers at once gives the second one to nobody', async () => {
    let count = 0
    const url = await hostileUrl((socket) => {
      socket.on('data', () => {
        const own = `${ok}content-length: 1\r\n\r\n${++count}`
        socket.write(`${own}HTTP/1.1 410 Gone\r\ncontent-length: 1\r\n\r\n!`)
      })
    })
    const agent = openAgent()
    for (const body of ['1', '2', '3'])
      expect(await post(agent, url)).toMatchObject({ statusCode: 200, body: Buffer.from(body) })
  })

  test.each([
    ['http', createServer],
    ['https', (onSocket: (socket: Socket) => void) => createTlsServer(server, onSocket)],
  ])('64 KiB each time is no such case, over one connection of %s', async (protocol, create) => {
    const body = 'a'.repeat(65_536)
    let connections = 0
    const listening = create((socket) => {
      connections++
      socket.on('data', () => socket.write(`${ok}content-length: ${body.length}\r\n\r\n${body}`))
    })
    const url = `${protocol}://localhost:${await portOf(listening)}/`
    const agent = openAgent()
    for (let n = 0; n < 20; n++)
      expect(await post(agent, url, { timeoutMs: 2000 })).toMatchObject({ statusCode: 200 })
    expect(connections).toBe(1)
  })

  test('300 MB in gzip costs what was sent, and not what it would become', async () => {
    const member = gzipSync(Buffer.alloc(1_000_000))
    const bomb = Buffer.concat(Array.from({ length: 300 }, () => member))
    const before = process.memoryUsage().rss
    const url = await hostileUrl(
      asked((socket) => {
        socket.write(`${ok}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`)
        socket.write(bomb)
      }),
    )
    const result = await post(openAgent(), url, { timeoutMs: 2000 })
    expect(result).toMatchObject({ statusCode: 200, body: bomb.subarray(0, 4096) })
    expect(process.memoryUsage().rss - before).toBeLessThan(64_000_000)
  })
})

describe('a receiver whose certificate', () => {
  test.each([
    ['has expired', expiredServer, 'has expired: renew it'],
    ['is not valid yet', futureServer, 'is not valid yet'],
    ['is for another name', otherServer, 'is for another host name'],
    ['is self-signed', selfSignedServer, 'is self-signed'],
    ['comes without the one in between', unchainedServer, 'without its intermediate certificates'],
  ])('%s is not sent anything', async (_what, certificate, message) => {
    const heard: string[] = []
    const listening = createTlsServer(certificate, (socket) =>
      socket.on('error', () => {}).on('data', (chunk) => heard.push(chunk.toString())),
    )
    const url = `https://localhost:${await portOf(listening)}/`
    expect(await post(openAgent(), url, { timeoutMs: 2000 })).toMatchObject({
      failure: 'tls',
      message: expect.stringContaining(message) as string,
    })
    expect(heard).toEqual([])
  })

  test.each<[string, Behaviour]>([
    ['never comes', () => {}],
    ['drips', drip('\x16\x03\x03\x3f\xff')],
  ])('%s is given up in time', async (_what, behave) => {
    const url = (await hostileUrl(behave)).replace('http:', 'https:')
    expect(await post(openAgent(), url)).toMatchObject({ failure: 'timeout_tls' })
  })
})

describe('name servers that never answer', () => {
  test('cost the requests that ask them their deadline, and the others nothing', async () => {
    const silent: LookupFunction = (name, _options, callback) => {
      if (name === 'alive.example') callback(null, [{ address: '127.0.0.1', family: 4 }])
    }
    const agent = openAgent({ ...open, lookup: silent })
    const url = await hostileUrl(say(`${ok}${done}`))
    const dead = Array.from({ length: 8 }, (_, n) =>
      post(agent, `http://dead-${n}.example/`, { timeoutMs: 300 }),
    )
    const startedAt = performance.now()
    expect(await post(agent, url.replace('127.0.0.1', 'alive.example'))).toMatchObject({ statusCode: 200 })
    expect(performance.now() - startedAt).toBeLessThan(150)
    for (const result of await Promise.all(dead))
      expect(result).toMatchObject({ kind: 'failure', failure: 'timeout_dns' })
  })
})
