import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Context } from '../context.ts'
import type { DialPhase } from '../network/connection-progress.ts'
import { createGuardedAgent } from '../network/guarded-agent.ts'
import { type OutgoingRequest, sendRequest, type SendResult } from './send-request.ts'

/** How long each phase took, in milliseconds; null for one that was not gone through, or not to its end. */
export interface RequestTimings {
  dnsMs: number | null
  connectMs: number | null
  tlsMs: number | null
  /** From the connection to the first byte of the answer. */
  firstByteMs: number | null
  totalMs: number
}

export interface TracedResponse {
  statusCode: number
  headers: Record<string, string | string[]>
  /** The first 64 KiB, as text. */
  body: string
}

export interface TracedResult {
  result: SendResult
  /** What was answered, also where the answer broke off. */
  response: TracedResponse | null
  timings: RequestTimings
}

/** As much of an answer as `sendRequest` reads of it. */
const mostBytesKept = 65_536

/**
 * Sends a request over a connection of its own, and tells all about it. The agent is one for this request: connections that
 * are kept alive, and names that are remembered, would leave phases out.
 */
export async function sendTraced(ctx: Context, request: OutgoingRequest): Promise<TracedResult> {
  const trace = new Trace(ctx)
  const agent = createGuardedAgent(ctx.network, ctx.clock, { onPhase: (phase) => trace.end(phase) })
  try {
    const dispatch: typeof agent.dispatch = (options, handler, identity) =>
      agent.dispatch(options, trace.tap(handler), identity)
    const result = await sendRequest({ ...agent, dispatch }, ctx.clock, request)
    return { result, ...trace.show(result.durationMs) }
  } finally {
    await agent.destroy()
  }
}

class Trace {
  readonly #ctx: Context
  readonly #ms = new Map<DialPhase | 'firstByte', number>()
  #phaseStartedAt: number
  #answer: { statusCode: number; headers: IncomingHttpHeaders } | undefined
  readonly #chunks: Buffer[] = []

  constructor(ctx: Context) {
    this.#ctx = ctx
    this.#phaseStartedAt = ctx.clock.now()
  }

  end(phase: DialPhase | 'firstByte'): void {
    const now = this.#ctx.clock.now()
    this.#ms.set(phase, Math.max(0, now - this.#phaseStartedAt))
    this.#phaseStartedAt = now
  }

  /** Listens in on an answer. */
  tap(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onResponseStart: (controller, statusCode, headers, statusMessage) => {
        this.#begin(statusCode, headers)
        handler.onResponseStart?.(controller, statusCode, headers, statusMessage)
      },
      onResponseData: (controller, chunk) => {
        this.#chunks.push(Buffer.from(chunk))
        handler.onResponseData?.(controller, chunk)
      },
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    }
  }

  show(totalMs: number): Pick<TracedResult, 'response' | 'timings'> {
    const ms = (phase: DialPhase | 'firstByte'): number | null => this.#ms.get(phase) ?? null
    return {
      response: this.#answer === undefined ? null : { ...shownAnswer(this.#answer), body: this.#body() },
      timings: {
        dnsMs: ms('dns'),
        connectMs: ms('connect'),
        tlsMs: ms('tls'),
        firstByteMs: ms('firstByte'),
        totalMs,
      },
    }
  }

  #begin(statusCode: number, headers: IncomingHttpHeaders): void {
    if (this.#answer === undefined) this.end('firstByte')
    // 1xx come before the answer proper, which takes their place.
    this.#answer = { statusCode, headers }
  }

  #body(): string {
    return Buffer.concat(this.#chunks).subarray(0, mostBytesKept).toString()
  }
}

function shownAnswer({ statusCode, headers }: { statusCode: number; headers: IncomingHttpHeaders }) {
  const shown: TracedResponse['headers'] = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) shown[name] = value
  return { statusCode, headers: shown }
}
