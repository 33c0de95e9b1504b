import type { BatchSettings, PayloadFormat, StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import type { Batch } from './batch.ts'

/** As much one request carries of events, but for a single one that is longer. */
const mostBytes = 1_048_576
/** A webhook whose deliveries wait for others is looked at so many times until the first of them has waited long enough. */
const looks = 4

export interface Packed {
  batches: readonly Batch[]
  /** They wait for others to go along, */
  early: readonly ClaimedDelivery[]
  /** until then, when there may be enough of them; null where none waits. */
  lookAgainAt: number | null
}

/** Whether what is ready makes less than a full batch. */
export function isShort(ready: readonly ClaimedDelivery[], { maxEvents }: BatchSettings): boolean {
  return ready.length < maxEvents && ready.reduce((sum, one) => sum + bytesOf(one), 0) < mostBytes
}

/**
 * Puts deliveries of one webhook together, in their order, as many as go by one request. The last few wait for others, unless one of
 * them has waited long enough, or has been tried before.
 */
export function packBatches(
  webhook: StoredWebhook,
  settings: BatchSettings,
  deliveries: readonly ClaimedDelivery[],
  now: number,
): Packed {
  const { full, rest } = fill(deliveries, settings)
  const isRipe = ({ attempt, createdAt }: ClaimedDelivery): boolean =>
    attempt > 1 || now - createdAt.getTime() >= settings.maxWaitMs
  const early: ClaimedDelivery[] = []
  for (const last of rest) {
    if (last.batched.some(isRipe)) full.push(last)
    else early.push(...last.batched)
  }
  const { organizationId } = webhook
  const batches = full.map(({ format, batched }) => ({ organizationId, webhook, format, batched }))
  return { batches, early, lookAgainAt: lookAgainAt(early, settings, now) }
}

interface Filling {
  format: PayloadFormat
  batched: ClaimedDelivery[]
  bytes: number
}

/** Those of one format go together: it may have been another one when some of them were made. */
function fill(
  deliveries: readonly ClaimedDelivery[],
  { maxEvents }: BatchSettings,
): { full: Filling[]; rest: Filling[] } {
  const full: Filling[] = []
  const filling = new Map<PayloadFormat, Filling>()
  for (const one of deliveries) {
    const format = one.shapedAs ?? 'leadhooks'
    const bytes = bytesOf(one)
    let current = filling.get(format)
    if (current !== undefined && current.bytes + bytes > mostBytes) {
      full.push(current)
      current = undefined
    }
    current ??= { format, batched: [], bytes: 0 }
    current.batched.push(one)
    current.bytes += bytes
    const isFull = current.batched.length === maxEvents || current.bytes >= mostBytes
    if (isFull) full.push(current)
    if (isFull) filling.delete(format)
    else filling.set(format, current)
  }
  return { full, rest: [...filling.values()] }
}

function lookAgainAt(
  early: readonly ClaimedDelivery[],
  { maxWaitMs }: BatchSettings,
  now: number,
): number | null {
  if (early.length === 0) return null
  const first = Math.min(...early.map(({ createdAt }) => createdAt.getTime()))
  return Math.ceil(Math.min(first + maxWaitMs, now + maxWaitMs / looks))
}

function bytesOf({ event }: ClaimedDelivery): number {
  return Buffer.byteLength(event.body)
}
