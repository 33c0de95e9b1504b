import { type Dispatcher, errors } from 'undici'
import type { Clock } from '../clock.ts'
import { type AttemptFailure, failureSentences } from '../model/attempt-failures.ts'
import { AnswerTooLong } from '../network/answer-limit.ts'
import { DialError, explainTls } from '../network/dial-error.ts'
import type { DialPhase } from '../network/connection-progress.ts'
import type { GuardedAgent } from '../network/guarded-agent.ts'
import type { TlsIdentity } from '../network/tls-identity.ts'

export interface OutgoingRequest {
  url: URL
  /** Names and values in turn. */
  headers: string[]
  body: string
  timeoutMs: number
  /** Whom to trust, and as whom to connect. @default as the host has it */
  tls?: TlsIdentity | undefined
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
  agent: GuardedAgent,
  clock: Clock,
  request: OutgoingRequest,
  signal?: AbortSignal,
): Promise<SendResult> {
  return new Promise((resolve) => {
    new Exchange(agent, clock, request, signal, resolve).start()
  })
}

/**
 * A request and its answer. It is undici's handler itself, since the promises, streams and signals of `request` cost a
 * worker 15 % of its speed.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #agent: GuardedAgent
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
    agent: GuardedAgent,
    clock: Clock,
    request: OutgoingRequest,
    signal: AbortSignal | undefined,
    resolve: (result: SendResult) => void,
  ) {
    this.#agent = agent
    this.#clock = clock
    this.#request = request
    this.#signal = signal
    this.#resolve = resolve
    this.#startedAt = clock.now()
  }

  start(): void {
    if (this.#signal?.aborted === true) return this.cutOff()
    this.#enter()
    this.#cancelDeadline = this.#clock.schedule(() => this.#timeOut(), this.#request.timeoutMs)
    const { url, headers, body, tls } = this.#request
    try {
      this.#agent.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method: 'POST', headers, body },
        this,
        tls,
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
    else this.#fail(...this.#explain(error))
  }

  /** By TLS 1.3 a client is refused when it is done, and has sent its request: all that it sees is the end. */
  #explain(error: Error): [AttemptFailure, string?] {
    const explained = explain(error)
    if (explained[0] !== 'reset' || this.#statusCode !== 0 || this.#request.url.protocol !== 'https:')
      return explained
    return ['reset', `${failureSentences.reset}; it may also ask for another client certificate, or for one`]
  }

  /** The signal was aborted. */
  cutOff(): void {
    this.#giveUp('worker_stopped')
  }

  #timeOut(): void {
    this.#giveUp(`timeout_${this.#phase()}`)
  }

  /** What it is waiting for. */
  #phase(): DialPhase | 'sending' | 'first_byte' | 'body' {
    const { origin } = this.#request.url
    // Where others have all the connections that there may be, it waits for one too.
    if (this.#controller === undefined) return this.#agent.dialPhase(origin) ?? 'connect'
    if (this.#statusCode >= 200) return 'body'
    return this.#agent.isSending(origin) ? 'sending' : 'first_byte'
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

  #giveUp(failure: AttemptFailure): void {
    this.#fail(failure)
    this.#controller?.abort(new Error(failureSentences[failure]))
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

  #fail(failure: AttemptFailure, message: string = failureSentences[failure]): void {
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

/** What a request can fail of, by the codes of undici and of Node, with a sentence where there is a better one than the class has. */
function explain(error: unknown): [AttemptFailure, string?] {
  if (error instanceof DialError) return [error.failure, error.message]
  if (error instanceof AnswerTooLong) return ['too_large']
  if (error instanceof errors.HTTPParserError) return ['invalid_response']
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return ['too_large', 'The receiver answered with more than 16 KiB of headers: let it send fewer']
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return [
        'invalid_response',
        'The receiver answered with a body that was not as long as its Content-Length said: check what it sends, and any proxy before it',
      ]
    // undici does not expect a status below 100.
    case 'ERR_ASSERTION':
      return ['invalid_response']
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
      return ['invalid_request']
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return ['worker_stopped']
    case 'UND_ERR_SOCKET':
      return isUnaskedAnswer(error)
        ? [
            'invalid_response',
            'The receiver answered 100 or 101, which it was not asked for: let it send the final answer at once',
          ]
        : ['reset']
  }
  if (!code.startsWith('ERR_SSL_')) return ['reset']
  return ['tls', explainTls(code)]
}

/** undici fails on `100 Continue` and `101 Switching Protocols` with the code of a closed socket. */
function isUnaskedAnswer(error: unknown): boolean {
  return error instanceof Error && (error.message === 'bad response' || error.message === 'bad upgrade')
}
