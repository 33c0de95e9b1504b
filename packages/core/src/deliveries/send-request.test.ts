import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../clock.ts'
import { createGuardedAgent, type GuardedAgent, type GuardedAgentOptions } from '../network/guarded-agent.ts'
import { resolveNetworkPolicy } from '../network/network-policy.ts'
import { fakeClock } from '../testing/fake-clock.ts'
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
  type Responder,
  type ReceiverOptions,
  type ScriptedReceiver,
  startReceiver,
} from '../testing/scripted-receiver.ts'
import { type OutgoingRequest, type SendResult, sendRequest } from './send-request.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

const policy = resolveNetworkPolicy({ allowPrivateAddresses: true, allowHttp: true })

interface Setup {
  receiver: ScriptedReceiver
  agent: GuardedAgent
  send: (request?: Partial<OutgoingRequest>, signal?: AbortSignal) => Promise<SendResult>
}

async function setUp(
  respond: ReceiverOptions['respond'] = 200,
  clock: Clock = systemClock,
  options: GuardedAgentOptions = {},
): Promise<Setup> {
  const receiver = await startReceiver({ respond })
  const agent = createGuardedAgent(policy, clock, options)
  closers.push(
    () => receiver.close(),
    () => agent.destroy(),
  )
  const request = { url: new URL('/hooks?a=b', receiver.url), headers: [], body: '{}', timeoutMs: 5000 }
  return {
    receiver,
    agent,
    send: (changes, signal) => sendRequest(agent, clock, { ...request, ...changes }, signal),
  }
}

/** Answers with these very bytes. */
const raw =
  (bytes: string): Responder =>
  (_request, response) =>
    void response.socket?.end(bytes, 'latin1')

describe('a request', () => {
  test('arrives as it was made: path, headers in order, and the body byte for byte', async () => {
    const { receiver, send } = await setUp()
    const body = '{"name":"Zoë ✓"}'
    await send({
      body,
      headers: ['content-type', 'application/json', 'accept-encoding', 'identity', 'X-Own', 'é'],
    })
    const [request] = await receiver.received(1)
    expect(request).toMatchObject({
      method: 'POST',
      url: '/hooks?a=b',
      headers: {
        host: `127.0.0.1:${receiver.port}`,
        'content-type': 'application/json',
        'content-length': '19',
        'accept-encoding': 'identity',
        'x-own': 'é',
      },
    })
    expect(request?.body.toString()).toBe(body)
  })

  test('that cannot be written is a result, and nothing is sent', async () => {
    const { receiver, send } = await setUp()
    const result = await send({ headers: ['x-a', 'a\r\nx-b: b'] })
    expect(result).toMatchObject({ kind: 'failure', failure: 'invalid_request' })
    expect(receiver.requests).toHaveLength(0)
  })
})

describe('an answer', () => {
  test.each([200, 204, 304, 404, 410, 500])('of %i is told as it is', async (status) => {
    const { send } = await setUp(status)
    expect(await send()).toMatchObject({ kind: 'response', statusCode: status, retryAfter: null })
  })

  test('comes with Retry-After, the time it took, and the start of its body', async () => {
    const clock = fakeClock()
    const answer = { status: 503, headers: { 'retry-after': '7' }, body: 'busy' }
    const { receiver, send } = await setUp([hang, answer], clock, { connections: 1 })
    const abort = new AbortController()
    const hanging = send({}, abort.signal)
    await receiver.received(1)
    const result = send()
    await clock.advance(250)
    abort.abort()
    await hanging
    expect(await result).toEqual({
      kind: 'response',
      statusCode: 503,
      retryAfter: '7',
      body: Buffer.from('busy'),
      durationMs: 250,
    })
  })

  test('is kept to 4 KiB, across its pieces', async () => {
    const { send } = await setUp((_request, response) => {
      response.write('a'.repeat(3000), () => setImmediate(() => response.end('b'.repeat(3000))))
    })
    const result = await send()
    expect(result.kind === 'response' && result.body.toString()).toBe('a'.repeat(3000) + 'b'.repeat(1096))
  })

  test('that is compressed stays so, however much it would become', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    const { send } = await setUp({ headers: { 'content-encoding': 'gzip' }, body: bomb })
    const result = await send()
    expect(result.kind === 'response' && result.body).toEqual(bomb.subarray(0, 4096))
  })

  test('that never ends is a success all the same, and is not read on', async () => {
    let hungUp: Promise<unknown> | undefined
    const { send } = await setUp((request, response) => {
      hungUp = once(response, 'close')
      return endlessBody(request, response)
    })
    const result = await send()
    expect(result).toMatchObject({ kind: 'response', statusCode: 200 })
    expect(result.kind === 'response' && result.body).toHaveLength(4096)
    await hungUp
  })

  test('of 64 KiB is read to its end, and its connection used again', async () => {
    const { receiver, send } = await setUp({ body: 'a'.repeat(65_536) })
    await send()
    await send()
    expect(receiver.connections).toBe(1)
  })

  test('is waited for behind any number of 1xx', async () => {
    const { send } = await setUp((_request, response) => {
      for (let n = 0; n < 3; n++) response.writeEarlyHints({ link: '</a>; rel=preload' })
      response.end('done')
    })
    expect(await send()).toMatchObject({ kind: 'response', statusCode: 200, body: Buffer.from('done') })
  })

  test('that redirects is not followed', async () => {
    const inside = await startReceiver()
    closers.push(() => inside.close())
    const { send } = await setUp(redirectTo(`${inside.url}/`))
    expect(await send()).toMatchObject({ kind: 'response', statusCode: 307 })
    expect(inside.connections).toBe(0)
  })

  test.each([
    ['204', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', 204],
    ['304', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', 304],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nto the end', 200],
  ])('is lenient where HTTP is: %s', async (_what, bytes, statusCode) => {
    const { send } = await setUp(raw(bytes))
    expect(await send()).toMatchObject({ kind: 'response', statusCode })
  })
})

describe('a hostile receiver', () => {
  test.each<[string, Responder, string]>([
    ['never answers', hang, 'timeout_first_byte'],
    ['drips its body', drip(), 'timeout_body'],
    ['sends 103 for ever', earlyHints(), 'timeout_first_byte'],
    ['hangs up', hangUp, 'reset'],
    ['resets in its body', resetInBody, 'reset'],
    ['ends in its headers', raw('HTTP/1.1 200 OK\r\ncontent-'), 'reset'],
    ['speaks another protocol', junk, 'invalid_response'],
    ['sends 64 KiB of headers', hugeHeaders, 'too_large'],
    ['breaks its chunks', raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz'), 'invalid_response'],
    ['breaks a header', raw('HTTP/1.1 200 OK\r\na\u0000b: c\r\n\r\n'), 'invalid_response'],
    [
      'says it is longer',
      raw('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\na'),
      'invalid_response',
    ],
    ['sends 100 unasked', raw('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'), 'invalid_response'],
    [
      'switches protocols',
      raw('HTTP/1.1 101 S\r\nconnection: upgrade\r\nupgrade: a\r\n\r\n'),
      'invalid_response',
    ],
  ])('that %s is a failure, in time', async (_what, respond, failure) => {
    const { receiver, send } = await setUp(respond)
    const startedAt = performance.now()
    const result = await send({ timeoutMs: 100 })
    expect(performance.now() - startedAt).toBeLessThan(failure.startsWith('timeout') ? 400 : 2000)
    expect(result).toMatchObject({
      kind: 'failure',
      failure,
      message: expect.stringMatching(/^The receiver/),
    })
    expect(JSON.stringify(result)).not.toMatch(new RegExp(`127\\.0|${receiver.port}`))
  })

  test('that closes a connection just as it is used again is a failure, not a request sent twice', async () => {
    const { receiver, send } = await setUp([200, hangUp, 200])
    await send()
    expect(await send()).toMatchObject({ kind: 'failure', failure: 'reset' })
    expect(receiver.requests).toHaveLength(2)
    expect(receiver.connections).toBe(1)
  })
})

describe('the deadline', () => {
  test('is one for everything, however busy the receiver looks', async () => {
    const clock = fakeClock()
    const { receiver, send } = await setUp(drip(1), clock)
    const result = send({ timeoutMs: 15_000 })
    await receiver.received(1)
    await clock.advance(14_999)
    const pending = Symbol('pending')
    expect(await Promise.race([result, Promise.resolve(pending)])).toBe(pending)
    await clock.advance(1)
    expect(await result).toEqual({
      kind: 'failure',
      // Whether its headers were read already is for the sockets to say.
      failure: expect.stringMatching(/^timeout_(first_byte|body)$/) as string,
      message: expect.any(String) as string,
      durationMs: 15_000,
    })
  })

  test('closes the connection', async () => {
    let hungUp: Promise<unknown> | undefined
    const { send } = await setUp((_request, response) => {
      hungUp = once(response, 'close')
    })
    await send({ timeoutMs: 50 })
    await hungUp
  })

  test('holds for a request that still waits for a connection, which is then never sent', async () => {
    const clock = fakeClock()
    let release = () => {}
    const first: Responder = (_request, response) => {
      release = () => void response.end()
    }
    const { receiver, send } = await setUp([first, 200], clock, { connections: 1 })
    const slow = send()
    await receiver.received(1)
    const waiting = send({ timeoutMs: 1000, body: 'too late' })
    await clock.advance(1000)
    expect(await waiting).toMatchObject({
      failure: 'timeout_connect',
      message: expect.stringContaining('No connection'),
    })
    release()
    expect(await slow).toMatchObject({ statusCode: 200 })
    expect(await send({ body: 'next' })).toMatchObject({ statusCode: 200 })
    expect(receiver.requests.map(({ body }) => body.toString())).toEqual(['{}', 'next'])
    expect(receiver.connections, 'dropping it spared the connection').toBe(1)
  })

  test('leaves no timer behind', async () => {
    let timers = 0
    const counting: Clock = {
      now: () => systemClock.now(),
      schedule(callback, ms) {
        timers++
        const cancel = systemClock.schedule(callback, ms)
        return () => {
          timers--
          cancel()
        }
      },
    }
    const { send } = await setUp([200, hangUp], counting)
    await send()
    await send()
    expect(timers).toBe(0)
  })
})

describe('cutting off', () => {
  test('ends what is under way at once, and closes its connection', async () => {
    let hungUp: Promise<unknown> | undefined
    const { receiver, send } = await setUp((_request, response) => {
      hungUp = once(response, 'close')
    })
    const abort = new AbortController()
    const result = send({}, abort.signal)
    await receiver.received(1)
    abort.abort()
    expect(await result).toMatchObject({ kind: 'failure', failure: 'worker_stopped' })
    await hungUp
  })

  test('ends what waits, and lets nothing start', async () => {
    const { receiver, send } = await setUp(hang, systemClock, { connections: 1 })
    const abort = new AbortController()
    const results = [send({}, abort.signal), send({}, abort.signal)]
    await receiver.received(1)
    abort.abort()
    results.push(send({}, abort.signal))
    for (const result of await Promise.all(results))
      expect(result).toMatchObject({ failure: 'worker_stopped' })
    expect(receiver.requests).toHaveLength(1)
  })

  test('comes too late for what has ended', async () => {
    const { send } = await setUp()
    const abort = new AbortController()
    const result = await send({}, abort.signal)
    abort.abort()
    expect(result).toMatchObject({ statusCode: 200 })
  })

  test('also happens when the agent is destroyed', async () => {
    const { receiver, agent, send } = await setUp(hang)
    const result = send()
    await receiver.received(1)
    await agent.destroy()
    expect(await result).toMatchObject({ failure: 'worker_stopped' })
    expect(await send()).toMatchObject({ failure: 'worker_stopped' })
  })
})
