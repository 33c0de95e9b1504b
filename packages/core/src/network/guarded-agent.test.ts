import { once } from 'node:events'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, createServer, type LookupFunction, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { selfSignedServer as selfSigned } from '../../test/certificates.ts'
import { systemClock } from '../clock.ts'
import { sendRequest } from '../deliveries/send-request.ts'
import { type ReceiverOptions, startReceiver } from '../testing/scripted-receiver.ts'
import { createGuardedAgent, type GuardedAgent, type GuardedAgentOptions } from './guarded-agent.ts'
import { type NetworkOptions, resolveNetworkPolicy } from './network-policy.ts'
import { checkWebhookUrl } from './url-policy.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function receiver(respond: ReceiverOptions['respond'] = 200) {
  const started = await startReceiver({ respond })
  closers.push(() => started.close())
  return started
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function agentFor(network: NetworkOptions, options?: GuardedAgentOptions): GuardedAgent {
  const agent = createGuardedAgent(resolveNetworkPolicy(network), systemClock, options)
  closers.push(() => agent.destroy())
  return agent
}

const post = (agent: GuardedAgent, url: string, timeoutMs = 2000) =>
  sendRequest(agent, systemClock, { url: new URL(url), headers: [], body: '{}', timeoutMs })

/** A look-up that answers with each list in turn, the last for ever, and counts. */
function answering(...lists: string[][]) {
  let calls = 0
  const lookup: LookupFunction = (_name, _options, callback) => {
    const list = lists[Math.min(calls++, lists.length - 1)] ?? []
    callback(
      null,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return { lookup, calls: () => calls }
}

const blocked = {
  kind: 'failure',
  failure: 'blocked_address',
  message: 'The URL leads to an address that deliveries may not go to: it must be a public one',
}

test('each phase of dialling is told of as it ends, and none for a connection that is used again', async () => {
  const { port } = await receiver()
  const { lookup } = answering(['127.0.0.1'])
  const phases: string[] = []
  const onPhase: GuardedAgentOptions['onPhase'] = (phase) => phases.push(phase)
  const agent = agentFor({ allowPrivateAddresses: true, allowHttp: true, lookup }, { onPhase })
  await post(agent, `http://public.example:${port}/`)
  expect(phases).toEqual(['dns', 'connect'])
  await post(agent, `http://public.example:${port}/`)
  expect(phases).toEqual(['dns', 'connect'])
})

describe('an inside address', () => {
  test.each(['127.0.0.1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'])(
    'as a literal is not dialled, though no check was made when it was saved: %s',
    async (host) => {
      const { port, ...inside } = await receiver()
      expect(await post(agentFor({ allowHttp: true }), `http://${host}:${port}/`)).toMatchObject(blocked)
      expect(inside.connections).toBe(0)
    },
  )

  test('behind a public name is not dialled', async () => {
    const inside = await receiver()
    const { lookup } = answering(['127.0.0.1'])
    expect(await post(agentFor({ lookup }), `http://public.example:${inside.port}/`)).toMatchObject(blocked)
    expect(inside.connections).toBe(0)
  })

  test('behind a name that was saved in good faith is not dialled (DNS rebinding)', async () => {
    const inside = await receiver()
    const { lookup, calls } = answering(['127.0.0.1'])
    const network = { lookup, allowHttp: true }
    const url = checkWebhookUrl(resolveNetworkPolicy(network), `http://rebind.example:${inside.port}/`)
    expect(calls(), 'nothing is looked up when a URL is saved').toBe(0)
    expect(await post(agentFor(network), url)).toMatchObject(blocked)
    expect(inside.connections).toBe(0)
  })

  test('that a name turns to later is not dialled: every connection is vetted, and looks up once', async () => {
    const open = await receiver(
      (_request, response) => void response.writeHead(200, { connection: 'close' }).end(),
    )
    const { lookup, calls } = answering(['127.0.0.1'], ['10.0.0.1'])
    const agent = agentFor({ lookup, allowedCidrs: ['127.0.0.1/32'] })
    expect(await post(agent, `http://rebind.example:${open.port}/`)).toMatchObject({ statusCode: 200 })
    expect(calls()).toBe(1)
    expect(await post(agent, `http://rebind.example:${open.port}/`)).toMatchObject(blocked)
    expect(calls()).toBe(2)
    expect(open.connections).toBe(1)
  })

  test.each([
    [['127.0.0.1', '10.0.0.1']],
    [['10.0.0.1', '127.0.0.1']],
    [['127.0.0.1', '::1']],
    [['127.0.0.1', 'not an address']],
  ])('spoils the whole answer it is in: %j', async (addresses) => {
    const open = await receiver()
    const { lookup } = answering(addresses)
    const agent = agentFor({ lookup, allowedCidrs: ['127.0.0.1/32'] })
    expect(await post(agent, `http://mixed.example:${open.port}/`)).toMatchObject(blocked)
    expect(open.connections).toBe(0)
  })

  test.each([['0x7f.1'], ['2130706433'], ['127.1'], ['']])(
    'is not hidden by an odd answer: %j',
    async (odd) => {
      const { port } = await receiver()
      const { lookup } = answering([odd])
      expect(await post(agentFor({ lookup }), `http://odd.example:${port}/`)).toMatchObject(blocked)
    },
  )

  test('is told apart from none by nobody: no answer is a failure to resolve', async () => {
    const { lookup } = answering([])
    expect(await post(agentFor({ lookup }), 'http://empty.example/')).toMatchObject({ failure: 'dns' })
  })

  test('behind a redirect is not called: redirects are answers', async () => {
    const inside = await receiver()
    const { lookup } = answering(['127.0.0.1'])
    for (const status of [301, 302, 303, 307, 308]) {
      const open = await receiver({ status, headers: { location: `${inside.url}/` } })
      const agent = agentFor({ lookup, allowedCidrs: ['127.0.0.1/32'] })
      expect(await post(agent, `http://open.example:${open.port}/`)).toMatchObject({
        kind: 'response',
        statusCode: status,
      })
    }
    expect(inside.connections).toBe(0)
  })

  test('of a metadata service stays closed where private ones are open', async () => {
    const { lookup } = answering(['169.254.169.254'])
    const agent = agentFor({ lookup, allowPrivateAddresses: true, allowHttp: true })
    expect(await post(agent, 'http://metadata.example/')).toMatchObject(blocked)
    expect(await post(agent, 'http://169.254.169.254/')).toMatchObject(blocked)
  })

  test('is dialled where the host opened it, by name and as a literal', async () => {
    const inside = await receiver()
    const agent = agentFor({ allowPrivateAddresses: true, allowHttp: true })
    expect(await post(agent, inside.url)).toMatchObject({ statusCode: 200 })
    expect(await post(agent, `http://localhost:${inside.port}/`)).toMatchObject({ statusCode: 200 })
  })
})

describe('a connection', () => {
  const network = { allowPrivateAddresses: true, allowHttp: true }

  test('is used again', async () => {
    const open = await receiver()
    const agent = agentFor(network)
    for (let n = 0; n < 5; n++) await post(agent, open.url)
    expect(open.connections).toBe(1)
  })

  test('is not waited for by others of the same origin, unless there is a limit', async () => {
    const slow = await receiver((_request, response) => void setTimeout(() => response.end(), 20))
    const send = (agent: GuardedAgent) => Promise.all(Array.from({ length: 6 }, () => post(agent, slow.url)))
    await send(agentFor(network))
    expect(slow.connections).toBe(6)
    await send(agentFor(network, { connections: 2 }))
    expect(slow.connections).toBe(8)
  })

  test('goes to the next address when the first one is dead', async () => {
    const open = await receiver()
    const { lookup } = answering(['::1', '127.0.0.1'])
    const agent = agentFor({ ...network, lookup })
    expect(await post(agent, `http://two.example:${open.port}/`)).toMatchObject({ statusCode: 200 })
  })

  test('goes past the proxies of the environment', async () => {
    const proxy = await receiver()
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']) {
      vi.stubEnv(name, proxy.url)
    }
    vi.stubEnv('NODE_USE_ENV_PROXY', '1')
    const open = await receiver()
    expect(await post(agentFor(network), open.url)).toMatchObject({ statusCode: 200 })
    expect(proxy.connections).toBe(0)
  })

  test('that takes too long is given up', async () => {
    const mute = await portOf(createServer((socket) => socket.resume()))
    const result = await post(agentFor(network, { connectTimeoutMs: 20 }), `https://127.0.0.1:${mute}/`, 5000)
    expect(result).toMatchObject({ failure: 'timeout_tls' })
  })

  test('that nobody waits for any more does not keep the process up', async () => {
    const tcpSockets = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const mute = await portOf(createServer((socket) => socket.unref().resume()))
    // What earlier tests closed may still be on its way out.
    await expect.poll(tcpSockets).toBe(0)
    expect(await post(agentFor(network), `https://127.0.0.1:${mute}/`, 50)).toMatchObject({
      failure: 'timeout_tls',
    })
    expect(tcpSockets()).toBe(0)
  })

  test('that is refused says so, and where it went stays inside', async () => {
    const server = createServer()
    const port = await portOf(server)
    server.close()
    await once(server, 'close')
    const result = await post(agentFor(network), `http://localhost:${port}/`)
    expect(result).toMatchObject({ failure: 'connect' })
    expect(JSON.stringify(result)).not.toMatch(/127\.0|::1|\d{4}/)
  })
})

describe('TLS', () => {
  const network = { allowPrivateAddresses: true }

  test('with a server that speaks plain HTTP fails', async () => {
    const { port } = await receiver()
    expect(await post(agentFor(network), `https://127.0.0.1:${port}/`)).toMatchObject({
      failure: 'tls',
      message: expect.stringContaining('check that it speaks TLS'),
    })
  })

  test('that is cut off in the handshake fails', async () => {
    const port = await portOf(createServer((socket) => socket.once('data', () => socket.destroy())))
    expect(await post(agentFor(network), `https://127.0.0.1:${port}/`)).toMatchObject({ failure: 'tls' })
  })

  test('with a certificate that nobody vouches for fails, also where the environment waives the check', async () => {
    const port = await portOf(createTlsServer(selfSigned))
    const failure = { failure: 'tls', message: expect.stringContaining('certificate is self-signed') }
    expect(await post(agentFor(network), `https://localhost:${port}/`)).toMatchObject(failure)
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    expect(await post(agentFor(network), `https://localhost:${port}/`)).toMatchObject(failure)
  })
})

/** A proxy that connects, and keeps what it was asked. `answer`: what it says in place of that. */
async function openProxy(answer?: string, proxy: HttpServer = createHttpServer()) {
  const asked: { authority: string; authorization: string | undefined }[] = []
  proxy.on('connect', ({ url = '', headers }, client: Socket) => {
    asked.push({ authority: url, authorization: headers['proxy-authorization'] })
    client.on('error', () => {})
    if (answer !== undefined) {
      client.end(answer)
      return
    }
    const { hostname, port } = new URL(`http://${url}`)
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
  })
  return { asked, port: await portOf(proxy) }
}

describe('a proxy', () => {
  const open = { allowPrivateAddresses: true, allowHttp: true }

  test('is asked for the vetted address, and the receiver for the name', async () => {
    const { asked, port } = await openProxy()
    const { lookup } = answering(['127.0.0.1'])
    const outside = await receiver()
    const agent = agentFor({ ...open, lookup, proxy: `http://crm:p%40ss@127.0.0.1:${port}` })
    for (let n = 0; n < 2; n++)
      expect(await post(agent, `http://public.example:${outside.port}/hooks`)).toMatchObject({
        statusCode: 200,
      })
    expect(asked).toEqual([{ authority: `127.0.0.1:${outside.port}`, authorization: 'Basic Y3JtOnBAc3M=' }])
    const { headers, url } = outside.requests[0] ?? {}
    expect([headers?.host, url]).toEqual([`public.example:${outside.port}`, '/hooks'])
  })

  test('leads to TLS with the receiver, by its name', async () => {
    const names: unknown[] = []
    const server = createHttpsServer(selfSigned, (_request, response) => response.end())
    server.on('secureConnection', ({ servername }: TLSSocket) => names.push(servername))
    const port = await portOf(server)
    const { asked, port: proxyPort } = await openProxy()
    const network = { ...open, proxy: `http://127.0.0.1:${proxyPort}`, ca: [selfSigned.cert] }
    const url = `https://localhost:${port}/`
    expect(await post(agentFor(network), url)).toMatchObject({ statusCode: 200 })
    expect(names).toEqual(['localhost'])
    expect(asked).toMatchObject([{ authority: expect.stringMatching(/^(127\.0\.0\.1|\[::1\]):/) as string }])
    const { ca: _ca, ...without } = network
    expect(await post(agentFor(without), url)).toMatchObject({ failure: 'tls' })
  })

  test('that is spoken to by TLS needs a certificate of the same authorities, and their least version', async () => {
    const { asked, port } = await openProxy(
      undefined,
      createHttpsServer({ ...selfSigned, maxVersion: 'TLSv1.2' }),
    )
    const outside = await receiver()
    const network = { ...open, proxy: `https://localhost:${port}`, ca: [selfSigned.cert] }
    const url = `http://127.0.0.1:${outside.port}/`
    expect(await post(agentFor(network), url)).toMatchObject({ statusCode: 200 })
    const { ca: _ca, ...without } = network
    expect(await post(agentFor(without), url)).toMatchObject({ failure: 'connect' })
    const newer = agentFor({ ...network, minTlsVersion: 'TLSv1.3' })
    expect(await post(newer, url)).toMatchObject({ failure: 'connect' })
    expect(asked).toHaveLength(1)
  })

  test('is not asked for an inside address', async () => {
    const { asked, port } = await openProxy()
    const { lookup } = answering(['10.0.0.1'])
    const agent = agentFor({ allowHttp: true, lookup, proxy: `http://127.0.0.1:${port}` })
    for (const host of ['public.example:8080', '169.254.169.254:8080', '[::1]:8080'])
      expect(await post(agent, `http://${host}/`)).toMatchObject(blocked)
    expect(asked).toEqual([])
  })

  test.each([
    ['refuses', 'HTTP/1.1 403 Forbidden\r\n\r\n'],
    ['asks for credentials', 'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'],
    ['answers junk', 'junk\r\n\r\n'],
    ['hangs up', ''],
  ])('that %s is a failure to connect, of which nothing of the inside is told', async (_, answer) => {
    const { port } = await openProxy(answer)
    const { lookup } = answering(['10.1.2.3'])
    const agent = agentFor({ ...open, lookup, proxy: `http://crm:secret@127.0.0.1:${port}` })
    const result = await post(agent, 'http://public.example:8080/')
    expect(result).toMatchObject({ failure: 'connect' })
    expect(JSON.stringify(result)).toContain('proxy')
    expect(JSON.stringify(result)).not.toMatch(/127\.0|secret|10\.1/)
  })

  test('that is not there, or says nothing, is a failure too', async () => {
    const silent = await portOf(createServer(() => {}))
    const waiting = agentFor({ ...open, proxy: `http://127.0.0.1:${silent}` }, { connectTimeoutMs: 50 })
    expect(await post(waiting, 'http://10.1.2.3:8080/')).toMatchObject({ failure: 'timeout_connect' })
    const patient = agentFor({ ...open, proxy: `http://127.0.0.1:${silent}` })
    expect(await post(patient, 'http://10.1.2.3:8080/', 50)).toMatchObject({ failure: 'timeout_connect' })
    const nothing = agentFor({ ...open, proxy: 'http://127.0.0.1:1' })
    expect(await post(nothing, 'http://10.1.2.3:8080/')).toMatchObject({
      failure: 'connect',
      message: expect.stringContaining('could not be reached') as string,
    })
  })
})

describe('the way out', () => {
  test('begins at the source address', async () => {
    const seen: unknown[] = []
    const port = await portOf(
      createHttpServer(({ socket }, response) => {
        seen.push(socket.remoteAddress)
        response.end()
      }),
    )
    const network = { allowPrivateAddresses: true, allowHttp: true, sourceAddress: '127.0.0.2' }
    expect(await post(agentFor(network), `http://127.0.0.1:${port}/`)).toMatchObject({ statusCode: 200 })
    expect(seen).toEqual(['127.0.0.2'])
  })

  test('speaks no older TLS than it is told to', async () => {
    const server = createHttpsServer({ ...selfSigned, maxVersion: 'TLSv1.2' }, (_, response) =>
      response.end(),
    )
    const url = `https://localhost:${await portOf(server)}/`
    const network: NetworkOptions = { allowPrivateAddresses: true, ca: [selfSigned.cert] }
    expect(await post(agentFor(network), url)).toMatchObject({ statusCode: 200 })
    expect(await post(agentFor({ ...network, minTlsVersion: 'TLSv1.3' }), url)).toMatchObject({
      failure: 'tls',
    })
  })
})
