import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { sendResponse, toRequest, type ToRequestOptions } from './node-http.ts'

type Handle = (request: Request) => Promise<Response>
type Before = (
  incoming: IncomingMessage & { body?: unknown },
  outgoing: ServerResponse,
) => Promise<ToRequestOptions | void>

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** A host in which `before` runs first; what fails is answered as text with 599. */
async function serve(handle: Handle, before: Before = async () => {}): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const options = (await before(incoming, outgoing)) ?? {}
      await sendResponse(await handle(toRequest(incoming, outgoing, options)), outgoing)
    }
    answer().catch((error: Error) => {
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(599).end(error.message)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return portOf(server)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((release) => (resolve = release))
  return { promise, resolve }
}

/** What a host answers to bytes, sent as they are. */
async function sendRaw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return text(socket)
}

const echoUrl: Handle = async (request) => new Response(`${request.method} ${request.url}`)
const raw = (line: string, host: string): string =>
  `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`

test.each([
  ['GET /a//b?c=%20', 'crm.example', 'GET http://crm.example/a//b?c=%20'],
  ['GET //evil.example/keys', 'crm.example', 'GET http://crm.example//evil.example/keys'],
  ['GET http://evil.example/keys?a=1', 'crm.example:8080', 'GET http://crm.example:8080/keys?a=1'],
  ['GET HTTPS://evil.example?a=1', 'crm.example', 'GET http://crm.example/?a=1'],
  ['GET /keys', 'evil.example/other?', 'GET http://evil.example/keys'],
  ['GET /keys', 'user:pass@evil.example', 'GET http://evil.example/keys'],
  ['GET /keys', 'a b', 'GET http://localhost/keys'],
  ['GET /keys', '', 'GET http://localhost/keys'],
  ['GET /keys/%zz/%E0%A4%A', 'crm.example', 'GET http://crm.example/keys/%zz/%E0%A4%A'],
  ['OPTIONS *', 'crm.example', 'OPTIONS http://crm.example/*'],
  ['TRACE /keys', 'crm.example', 'TRACE http://crm.example/keys'],
  ['PROPFIND /keys', 'crm.example', 'PROPFIND http://crm.example/keys'],
])('%s at host "%s" is %s', async (line, host, expected) => {
  const port = await serve(echoUrl)
  expect(await sendRaw(port, raw(line, host))).toContain(`\r\n${expected}\r\n`)
})

test.each([
  ['https', 'https://crm.example/full?x=1'],
  ['javascript', 'http://crm.example/full?x=1'],
])('the framework may know the path and the protocol %s better', async (protocol, expected) => {
  const port = await serve(echoUrl, async () => ({ url: '/full?x=1', protocol }))
  expect(await sendRaw(port, raw('GET /cut', 'crm.example'))).toContain(expected)
})

const post = (
  port: number,
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers })

const echoBody: Handle = async (request) =>
  new Response(await request.arrayBuffer(), {
    headers: { 'x-encoding': String(request.headers.get('content-encoding')) },
  })

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  return Buffer.from(await text(incoming))
}

test.each([
  ['an object', { a: ['ü', null, 1.5, '\ud800'] }, '{"a":["ü",null,1.5,"\\ud800"]}'],
  ['null', null, 'null'],
  ['text', '{"a": 1}', '{"a": 1}'],
  ['bytes', Buffer.from('{"a": 1}'), '{"a": 1}'],
  ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ['a number that is too large', { a: [Infinity, -Infinity] }, '{"a":[1e400,1e400]}'],
])('%s that a parser made of the body is handed on', async (_, parsed: unknown, expected) => {
  const port = await serve(echoBody, async (incoming) => {
    await bytesOf(incoming)
    incoming.body = parsed
  })
  const response = await post(port, gzipSync('whatever'), { 'content-encoding': 'gzip' })
  expect(await response.text()).toBe(expected)
  expect(response.headers.get('x-encoding')).toBe('null')
})

test('a body that was read and not kept is an error that says what to do', async () => {
  const port = await serve(echoBody, async (incoming) => void (await bytesOf(incoming)))
  const response = await post(port, 'text')
  expect(response.status).toBe(599)
  expect(await response.text()).toMatch(/mount Leadhooks before/)
})

test('what a parser leaves without having read anything is not taken for the body', async () => {
  const port = await serve(echoBody, async (incoming) => void (incoming.body = {}))
  expect(await (await post(port, 'text')).text()).toBe('text')
})

test('a body is taken in no faster than it is read', async () => {
  const released = deferred()
  const port = await serve(async (request) => {
    const reader = request.body?.getReader()
    await reader?.read()
    await released.promise
    await reader?.cancel()
    return new Response('enough')
  })
  const client = httpRequest({ port, method: 'POST' })
  client.on('error', () => {})
  let sent = 0
  const part = Buffer.alloc(1_000_000)
  // The buffers of both sockets fill up; then nothing more is taken.
  while (client.write(part) || (await isDrainedSoon(client))) sent += part.length
  expect(sent).toBeLessThan(40_000_000)
  released.resolve()
  const [response] = await once(client, 'response')
  expect(await text(response)).toBe('enough')
  client.destroy()
})

async function isDrainedSoon(client: NodeJS.WritableStream): Promise<boolean> {
  const signal = AbortSignal.timeout(200)
  return once(client, 'drain', { signal }).then(
    () => true,
    () => false,
  )
}

test.each([
  ['was not read', async () => {}],
  ['was read in part, and left', async (body: ReadableStream) => void (await body.getReader().read())],
  [
    'was read in part, and cancelled',
    async (body: ReadableStream) => {
      for await (const _ of body) break
    },
  ],
])(
  'a connection serves on after a body that %s',
  async (_, read: (body: ReadableStream) => Promise<void>) => {
    const port = await serve(async (request) => {
      if (request.body !== null) await read(request.body)
      return new Response(request.method)
    })
    const socket = connect(port, '127.0.0.1')
    const body = 'x'.repeat(500_000)
    socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(await text(socket)).toMatch(/\r\nPOST\r\n[^]*\r\nGET\r\n/)
  },
)

test('cookies and headers of the host stay', async () => {
  const headers = new Headers([
    ['set-cookie', 'ours=1'],
    ['set-cookie', 'ours=2'],
  ])
  const port = await serve(
    async () => new Response('ok', { headers }),
    async (_, outgoing) => {
      outgoing.setHeader('set-cookie', 'host=1')
      outgoing.setHeader('x-host', 'yes')
    },
  )
  const response = await fetch(`http://127.0.0.1:${port}/`)
  expect(response.headers.getSetCookie()).toEqual(['host=1', 'ours=1', 'ours=2'])
  expect(response.headers.get('x-host')).toBe('yes')
})

test('a length that is known is sent as such', async () => {
  const port = await serve(async () => new Response('12345', { headers: { 'content-length': '5' } }))
  const answer = await sendRaw(port, raw('GET /', 'a'))
  expect(answer.toLowerCase()).toContain('content-length: 5')
  expect(answer.toLowerCase()).not.toContain('transfer-encoding')
  expect(answer).toMatch(/\r\n\r\n12345$/)
})

test('an answer that fails is told to the host, a client that leaves is not', async () => {
  const faults: unknown[] = []
  const left = deferred()
  const server = createServer((incoming, outgoing) => {
    const body = incoming.url === '/fail' ? failing() : endless()
    sendResponse(new Response(body), outgoing).then(left.resolve, (error: unknown) => faults.push(error))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  const fault = await fetch(`http://127.0.0.1:${port}/fail`).then((response) => response.text(), String)
  expect(fault).toMatch(/TypeError/)
  expect(faults).toEqual([new Error('half-way')])
  const response = await fetch(`http://127.0.0.1:${port}/`)
  await response.body?.cancel()
  await left.promise
  expect(faults).toHaveLength(1)
  server.close()
  server.closeAllConnections()
})

function failing(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(new Error('half-way')) })
}

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(1024)) })
}
