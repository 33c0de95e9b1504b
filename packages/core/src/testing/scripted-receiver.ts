import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A request as it came in. */
export interface ReceivedRequest {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  /** The very bytes, which is what signatures are about. */
  body: Buffer
  at: Date
}

/** A status, or more of an answer. */
export type Answer = number | { status?: number; headers?: Record<string, string>; body?: string | Buffer }

/** Decides on an answer, or writes one of its own to `response` and returns nothing. */
export type Responder = (request: ReceivedRequest, response: ServerResponse) => Answer | void

export interface ReceiverOptions {
  /** What to answer. Of a list each request gets the next one, and the last one goes on for ever. @default 200 */
  respond?: Answer | Responder | readonly (Answer | Responder)[]
}

export interface ScriptedReceiver {
  /** `http://127.0.0.1:49152`, without a slash at the end. */
  url: string
  port: number
  /** Everything received so far, oldest first. */
  requests: readonly ReceivedRequest[]
  /** How many connections were opened so far. */
  connections: number
  /** Waits until `count` requests have come in, and resolves to these. */
  received(count: number): Promise<readonly ReceivedRequest[]>
  /** Closes it, and cuts off whoever is still connected. */
  close(): Promise<void>
}

/**
 * Starts a webhook receiver on 127.0.0.1 for tests: it keeps what it is sent, and answers by script.
 *
 * ```ts
 * const receiver = await startReceiver({ respond: [500, 500, 200] })
 * const [first] = await receiver.received(1)
 * await receiver.close()
 * ```
 */
export async function startReceiver({ respond = 200 }: ReceiverOptions = {}): Promise<ScriptedReceiver> {
  const script = [respond].flat()
  const requests: ReceivedRequest[] = []
  const waiting = new Set<() => void>()

  const server = createServer((incoming, response) => {
    // A sender that breaks off in the middle of its request has sent none.
    receive(incoming).then(
      (request) => react(request, response),
      () => {},
    )
  })

  function react(request: ReceivedRequest, response: ServerResponse): void {
    const step = script[Math.min(requests.length, script.length - 1)] ?? 200
    requests.push(request)
    answer(step, request, response)
    for (const check of waiting) check()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)

  const receiver: ScriptedReceiver = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: 0,
    received: (count) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (requests.length >= count) resolve(requests.slice(0, count))
          else if (!server.listening)
            reject(new Error(`Closed after ${requests.length} of ${count} requests`))
          else return
          waiting.delete(check)
        }
        waiting.add(check)
        check()
      }),
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      for (const check of waiting) check()
    },
  }
  server.on('connection', () => receiver.connections++)
  return receiver
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const { method = '', url = '', headers } = incoming
  return { method, url, headers, body: await buffer(incoming), at: new Date() }
}

function answer(step: Answer | Responder, request: ReceivedRequest, response: ServerResponse): void {
  const decided = typeof step === 'function' ? step(request, response) : step
  if (decided === undefined) return
  const {
    status = 200,
    headers = {},
    body = '',
  } = typeof decided === 'number' ? { status: decided } : decided
  response.writeHead(status, headers).end(body)
}

/** Never answers. */
export const hang: Responder = () => {}

/** Answers with a redirect (307: method and body are to be kept). */
export const redirectTo =
  (location: string): Responder =>
  () => ({ status: 307, headers: { location } })

/** Closes the connection before it answers. */
export const hangUp: Responder = (_request, response) => void response.socket?.destroy()

/** Resets the connection in the middle of a 200. */
export const resetInBody: Responder = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('half', () => response.socket?.resetAndDestroy())
}

/** Begins a 200, and sends a byte of its body every `everyMs` and no end of it. */
export const drip =
  (everyMs = 5): Responder =>
  (_request, response) => {
    response.writeHead(200)
    repeat(response, everyMs, () => response.write('.'))
  }

/** Sends a 103 every `everyMs`, and never the answer that these announce. */
export const earlyHints =
  (everyMs = 5): Responder =>
  (_request, response) =>
    repeat(response, everyMs, () => response.writeEarlyHints({ link: '</style.css>; rel=preload' }))

/** A 200 whose body never ends, as fast as it is read. */
export const endlessBody: Responder = (_request, response) => {
  response.writeHead(200)
  const chunk = Buffer.alloc(16_384, '.')
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', pour)
  pour()
}

/** A 200 with 64 KiB of headers. */
export const hugeHeaders: Responder = () => ({ headers: { 'x-huge': 'a'.repeat(65_536) } })

/** Answers in some other protocol than HTTP. */
export const junk: Responder = (_request, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')

function repeat(response: ServerResponse, everyMs: number, action: () => void): void {
  const timer = setInterval(action, everyMs)
  response.on('close', () => clearInterval(timer))
}
