import { contentTypeOf } from '../events/payload-format.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import type { DeliveryTarget } from './delivery-target.ts'
import type { OutgoingRequest } from './send-request.ts'

/** What a request says. Its content type is the one of the format, unless it names another. */
export interface Message extends Pick<ClaimedDelivery, 'attempt'> {
  event: Pick<ClaimedDelivery['event'], 'id' | 'type' | 'body'>
  shapedAs?: ClaimedDelivery['shapedAs']
  contentType?: string
}

/**
 * The request of one attempt: the stored body byte for byte, signed with the time of this attempt.
 *
 * Headers by Standard Webhooks 1.0 (https://www.standardwebhooks.com), and beside them `X-Webhook-Signature` over the body
 * alone, for receivers that check only that.
 */
export function signRequest(
  target: DeliveryTarget,
  { event, shapedAs = null, contentType = contentTypeOf(shapedAs), attempt }: Message,
  now: number,
): OutgoingRequest {
  const timestamp = Math.floor(now / 1000)
  const keys = target.grace !== null && now < target.grace.endsAt ? target.grace.keys : target.keys
  const headers = [
    ...target.headers,
    'content-type',
    contentType,
    'webhook-id',
    event.id,
    'webhook-timestamp',
    String(timestamp),
    'webhook-signature',
    keys.sign(event.id, timestamp, event.body),
    'x-webhook-event',
    event.type,
    'x-webhook-attempt',
    String(attempt),
  ]
  if (keys.signBody !== null) headers.push('x-webhook-signature', keys.signBody(event.body))
  return { url: target.url, headers, body: event.body, timeoutMs: target.timeoutMs, tls: target.tls }
}
