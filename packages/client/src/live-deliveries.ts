import { ApiError } from './api-error.ts'
import { readEventStream } from './event-stream.ts'
import type { QueryOf, StreamOf } from './operation-types.ts'
import { type CallOptions, createRequest, type LeadhooksClientOptions } from './send.ts'

/** What became of a delivery. */
export type DeliveryChange = StreamOf<'GET', '/deliveries/stream'>

export type LiveEvent =
  | { type: 'delivery'; id: string; delivery: DeliveryChange }
  /** From here on nothing is missed: what a screen shows is to be read once now. */
  | { type: 'ready'; id: string }
  /** Something was missed: what a screen shows is to be read anew. */
  | { type: 'reset'; id: string; reason: string }

export interface StreamOptions extends Pick<CallOptions, 'signal' | 'headers'> {
  /** Goes on behind this event. @default with what happens now */
  lastEventId?: string | undefined
}

const longestWaitMs = 30_000

/**
 * Follows what becomes of deliveries, and comes back where the connection breaks. Rejects when it may not, or the signal is aborted. It is no
 * method of the client, so that pages that never follow deliveries do not load it.
 *
 * ```ts
 * for await (const event of streamDeliveries({ baseUrl: '/api/v1' }, { status: 'dead_letter' })) show(event)
 * ```
 */
export async function* streamDeliveries(
  client: LeadhooksClientOptions,
  query: QueryOf<'GET', '/deliveries/stream'> = {},
  { signal, headers, lastEventId }: StreamOptions = {},
): AsyncGenerator<LiveEvent, void> {
  const request = createRequest(client)
  let last = lastEventId
  let retryMs = 3000
  let failures = 0
  for (;;) {
    try {
      const own = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) }
      const options = { signal, headers: { ...headers, ...own } }
      const { body } = await request({ method: 'GET', path: '/deliveries/stream', query, options })
      failures = 0
      for await (const part of body === null ? [] : readEventStream(body)) {
        retryMs = part.retryMs ?? retryMs
        const event = part.event && readEvent(part.event)
        if (event === undefined) continue
        last = event.id
        yield event
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ApiError && isFinal(error)) throw error
      failures++
    }
    await wait(Math.min(retryMs * 2 ** Math.max(0, failures - 1), longestWaitMs), signal)
  }
}

/** Asked again, it would be refused again. */
function isFinal({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && status !== 429
}

function readEvent({ type, id, data }: { type: string; id: string; data: string }): LiveEvent | undefined {
  const content = JSON.parse(data) as DeliveryChange & { reason: string }
  if (type === 'delivery') return { type, id, delivery: content }
  if (type === 'reset') return { type, id, reason: content.reason }
  return type === 'ready' ? { type, id } : undefined
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
  signal?.throwIfAborted()
}
