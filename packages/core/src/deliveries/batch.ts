import { batchBody, batchContentType, batchType } from '../events/batch-body.ts'
import { newBatchId } from '../ids.ts'
import type { PayloadFormat, StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import type { Message } from './sign-request.ts'

/** Deliveries of one webhook that go by one request. */
export interface Batch {
  organizationId: string
  webhook: StoredWebhook
  /** All of them have it. */
  format: PayloadFormat
  batched: readonly ClaimedDelivery[]
}

/** What goes by one request. */
export type Parcel = ClaimedDelivery | Batch

export function isBatch(parcel: Parcel): parcel is Batch {
  return 'batched' in parcel
}

export function deliveriesOf(parcels: readonly Parcel[]): ClaimedDelivery[] {
  return parcels.flatMap((parcel) => (isBatch(parcel) ? parcel.batched : parcel))
}

/** Whether that is so of any delivery of a parcel. */
export function isAny(parcel: Parcel, isSo: (claimed: ClaimedDelivery) => boolean): boolean {
  return isBatch(parcel) ? parcel.batched.some(isSo) : isSo(parcel)
}

/** What one request of a batch says: its id is of this request alone, and each event in it has its own. */
export function batchMessage(
  { format, batched }: { format: PayloadFormat; batched: readonly Pick<Message, 'event' | 'attempt'>[] },
  now: number,
): Message {
  const id = newBatchId(now)
  const items = batched.map(({ event }) => event)
  const body = batchBody(format, { id, timestamp: new Date(now).toISOString() }, items)
  return {
    event: { id, type: batchType, body },
    contentType: batchContentType(format),
    attempt: Math.max(...batched.map(({ attempt }) => attempt)),
  }
}
