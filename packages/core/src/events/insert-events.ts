import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import type { InsertedEvent, NewEvent } from '../storage/storage.ts'
import type { DispatchOutcome, OpenSpan } from '../tracing.ts'

/** Writes events: within a span, where the host traces, which they then name. */
export async function insertEvents(
  ctx: Context,
  events: readonly NewEvent[],
  tx: unknown,
): Promise<InsertedEvent[]> {
  const options = { tx, now: ctx.storageTime() }
  const span = startSpan(ctx, events)
  if (span === undefined) return ctx.storage.insertEvents(events, options)
  return ended(span, async () => ctx.storage.insertEvents(events, options))
}

/** The same at once. Throws `not_supported` where the storage cannot. */
export function syncInserts(ctx: Context): (events: readonly NewEvent[], tx: unknown) => InsertedEvent[] {
  const { storage } = ctx
  if (storage.insertEventsSync === undefined) {
    const message = 'This storage has no synchronous transactions: await `dispatchEvent(…, { tx })` instead'
    throw new LeadhooksError('not_supported', message)
  }
  const insert = storage.insertEventsSync.bind(storage)
  return (events, tx) => {
    const options = { tx, now: ctx.storageTime() }
    const span = startSpan(ctx, events)
    return span === undefined ? insert(events, options) : endedSync(span, () => insert(events, options))
  }
}

type DispatchSpan = OpenSpan<DispatchOutcome>

function startSpan(ctx: Context, events: readonly NewEvent[]): DispatchSpan | undefined {
  const span = ctx.tracing?.startDispatch(events)
  if (span?.traceparent != null) for (const event of events) event.traceparent = span.traceparent
  return span
}

async function ended(span: DispatchSpan, insert: () => Promise<InsertedEvent[]>): Promise<InsertedEvent[]> {
  try {
    const inserted = await span.run(insert)
    span.end({ inserted })
    return inserted
  } catch (error) {
    span.end({ error })
    throw error
  }
}

function endedSync(span: DispatchSpan, insert: () => InsertedEvent[]): InsertedEvent[] {
  try {
    const inserted = span.run(insert)
    span.end({ inserted })
    return inserted
  } catch (error) {
    span.end({ error })
    throw error
  }
}
