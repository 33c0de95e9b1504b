import { type Dispatcher, errors } from 'undici'
import type { Clock } from '../clock.ts'
import type { AttemptFailure } from '../model/attempt.ts'
import { AnswerTooLong } from '../network/answer-limit.ts'
import { DialError, noConnection } from '../network/dial-error.ts'

export interface OutgoingRequest {
  url: URL
  /** Names and values in turn. */
  headers: string[]
  body: string
  timeoutMs: number
  /** How much of an answer is kept. @default 4 KiB */
  keepBytes?: number
}

export interface SendFailure {
  kind: 'failure'
  failure: AttemptFailure
  message: string
  durationMs: number
}

export type SendResult =
  | {
      kind: 'response'
      statusCode: number
      /** The `Retry-After` header as it came. */
      retryAfter: string | null
      /** The beginning, as it came. */
      body: Buffer
      durationMs: number
    }
  | SendFailure

/** Past this the connection is closed: an endless body costs no more than a long one. */
const mostBytesRead = 65_536
const mostBytesKept = 4096
const nothing = Buffer.alloc(0)

/**
 * What each signal cuts off, behind one listener. With one each, the memory of a worker would grow: the listeners of a
 * signal are a chain, and one that was removed still leads to the next, which stays with its request until V8 sweeps the
 * old generation. So it is with the tables of a set.
 */
const underWay = new WeakMap<AbortSignal, Exchange[]>()

/**
 * Posts a request and waits for the whole answer. Never rejects: whatever goes wrong is a result.
 *
 * One deadline covers everything: the wait for a connection, name, TCP, TLS, headers and body. 1xx answers are skipped,
 * redirects are not followed, and nothing is decompressed. An answer counts when it is complete: half a `200` may be all
 * that was left of a failing receiver, and sending twice is better than losing. Only a body that is too long is not read
 * to its end.
 */
export function sendRequest(
  agent: Dispatcher,
  clock: Clock,
  request: OutgoingRequest,
  signal?: AbortSignal,
): Promise<SendResult> {
  return new Promise((resolve) => {
    new Exchange(clock, request, signal, resolve).start(agent)
  })
}

/**
 * A request and its answer. It is undici's handler itself, since the promises, streams and signals of `request` cost a
 * worker 15 % of its speed.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #clock: Clock
  readonly #request: OutgoingRequest
  readonly #signal: AbortSignal | undefined
  readonly #resolve: (result: SendResult) => void
  readonly #startedAt: number
  #cancelDeadline = (): void => {}
  #isSettled = false
  #isComplete = false
  /** Undefined until the request is on its way. */
  #controller: Dispatcher.DispatchController | undefined
  #statusCode = 0
  #retryAfter: string | null = null
  #kept: Buffer = nothing
  #bytesRead = 0
  /** Where it is among those that its signal cuts off. */
  #place = -1

  constructor(
    clock: Clock,
    request: OutgoingRequest,
    signal: AbortSignal | undefined,
    resolve: (result: SendResult) => void,
  ) {
    this.#clock = clock
    this.#request = request
    this.#signal = signal
    this.#resolve = resolve
    this.#startedAt = clock.now()
  }

  start(agent: Dispatcher): void {
    if (this.#signal?.aborted === true) return this.cutOff()
    this.#enter()
    this.#cancelDeadline = this.#clock.schedule(() => this.#timeOut(), this.#request.timeoutMs)
    const { url, headers, body } = this.#request
    try {
      agent.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method: 'POST', headers, body },
        this,
      )
    } catch (error) {
      this.#fail(...explain(error))
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a connection until nobody waited for it. To throw drops it, and spares the connection that it got.
    if (this.#isSettled) throw new Error('The request was given up before it was sent')
    this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Of 1xx too; the final answer comes last.
    this.#statusCode = statusCode
    const retryAfter = headers['retry-after']
    this.#retryAfter = (typeof retryAfter === 'string' ? retryAfter : retryAfter?.[0]) ?? null
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSettled) return
    this.#keep(chunk)
    this.#bytesRead += chunk.length
    if (this.#bytesRead <= mostBytesRead) return
    this.#respond()
    controller.abort(new Error('The answer is too long'))
  }

  onResponseEnd(): void {
    this.#isComplete = true
    this.#respond()
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    // These two have no body, whatever their Content-Length says (RFC 9112, 6.3): undici fails on that.
    if (this.#statusCode === 204 || this.#statusCode === 304) this.#respond()
    else this.#fail(...explain(error))
  }

  /** The signal was aborted. */
  cutOff(): void {
    this.#giveUp('worker_stopped', workerStopped)
  }

  #timeOut(): void {
    const { timeoutMs } = this.#request
    if (this.#controller === undefined) return this.#giveUp('timeout', noConnection)
    const message = `The receiver gave no complete answer within ${timeoutMs / 1000} s: let it answer first and work afterwards`
    this.#giveUp('timeout', message)
  }

  #enter(): void {
    if (this.#signal !== undefined) this.#place = exchangesOf(this.#signal).push(this) - 1
  }

  /** The last one takes its place. */
  #leave(): void {
    const exchanges = this.#signal && underWay.get(this.#signal)
    if (exchanges === undefined || this.#place === -1) return
    const last = exchanges.pop()
    if (last === undefined || last === this) return
    exchanges[this.#place] = last
    last.#place = this.#place
  }

  #giveUp(failure: AttemptFailure, message: string): void {
    this.#fail(failure, message)
    this.#controller?.abort(new Error(message))
  }

  /** Copies: what came is a view of a much larger buffer, which would live as long as the result. */
  #keep(chunk: Buffer): void {
    const room = (this.#request.keepBytes ?? mostBytesKept) - this.#kept.length
    if (room <= 0) return
    const start = chunk.subarray(0, room)
    this.#kept = this.#kept.length === 0 ? Buffer.from(start) : Buffer.concat([this.#kept, start])
  }

  #respond(): void {
    this.#settle({
      kind: 'response',
      statusCode: this.#statusCode,
      retryAfter: this.#retryAfter,
      body: this.#kept,
      durationMs: this.#elapsed(),
    })
  }

  #fail(failure: AttemptFailure, message: string): void {
    this.#settle({ kind: 'failure', failure, message, durationMs: this.#elapsed() })
  }

  /** The clock may have been set back meanwhile. */
  #elapsed(): number {
    return Math.max(0, this.#clock.now() - this.#startedAt)
  }

  #settle(result: SendResult): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#cancelDeadline()
    this.#leave()
    // undici takes a connection back one turn of the event loop after the answer's end. Whoever sent on at once would
    // open another one, and there would be up to twice as many connections as requests.
    if (this.#isComplete) queueMicrotask(() => setImmediate(this.#resolve, result))
    else this.#resolve(result)
  }
}

function exchangesOf(signal: AbortSignal): Exchange[] {
  const known = underWay.get(signal)
  if (known !== undefined) return known
  const exchanges: Exchange[] = []
  underWay.set(signal, exchanges)
  // Each leaves the list as it is cut off.
  signal.addEventListener('abort', () => [...exchanges].forEach((exchange) => exchange.cutOff()), {
    once: true,
  })
  return exchanges
}

const workerStopped =
  'The worker was stopped before the receiver had answered: the delivery goes on with the next worker'

const notHttp = 'The receiver did not answer in HTTP/1.1: check that the URL leads to a web server'

const connectionLost: [AttemptFailure, string] = [
  'reset',
  'The receiver closed the connection before its answer was complete: its log, or that of its proxy, may tell why',
]

/** What a request can fail of, by the codes of undici and of Node. */
function explain(error: unknown): [AttemptFailure, string] {
  if (error instanceof DialError) return [error.failure, error.message]
  if (error instanceof AnswerTooLong)
    return ['invalid_response', 'The receiver sent more than 256 KiB, and no end of its answer']
  if (error instanceof errors.HTTPParserError) return ['invalid_response', notHttp]
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return ['invalid_response', 'The receiver answered with more than 16 KiB of headers']
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return [
        'invalid_response',
        'The receiver answered with a body that was not as long as its Content-Length said',
      ]
    // undici does not expect a status below 100.
    case 'ERR_ASSERTION':
      return ['invalid_response', notHttp]
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
      return [
        'invalid_request',
        'The request could not be written: check the URL and the custom headers of the webhook',
      ]
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return ['worker_stopped', workerStopped]
    case 'UND_ERR_SOCKET':
      return isUnaskedAnswer(error)
        ? [
            'invalid_response',
            'The receiver answered 100 or 101, which it was not asked for: let it send the final answer at once',
          ]
        : connectionLost
  }
  if (!code.startsWith('ERR_SSL_')) return connectionLost
  return ['tls', 'The receiver ended TLS with an error: check whether it asks for a client certificate']
}

/** undici fails on `100 Continue` and `101 Switching Protocols` with the code of a closed socket. */
function isUnaskedAnswer(error: unknown): boolean {
  return error instanceof Error && (error.message === 'bad response' || error.message === 'bad upgrade')
}
