import type { StoredWebhook } from '../model/webhook.ts'
import type { WebhookChanges } from '../storage/storage.ts'

/** No clock gets there: what ends the wait is the answer. */
const untilAnswered = new Date('9999-12-31T00:00:00Z')

type UrlVerification = Pick<StoredWebhook, 'verification' | 'verifiedAt'>
type Waits = Pick<StoredWebhook, 'waitsUntil' | 'waitsFor'>

/** Of a webhook whose URL nobody has to prove. */
export const notVerified = { verification: null, verifiedAt: null } satisfies UrlVerification

/** Its deliveries wait, whatever else holds for it. */
export const awaitingProof = { waitsUntil: untilAnswered, waitsFor: 'verification' } as const satisfies Waits

/** Of a webhook with a URL that has still to answer its challenge. */
export const unproven = {
  verification: 'pending',
  verifiedAt: null,
  ...awaitingProof,
} as const satisfies UrlVerification & Waits

/** Of one whose URL has answered it. */
export function proven({ waitsFor }: Waits, now: Date): WebhookChanges {
  return {
    verification: 'verified',
    verifiedAt: now,
    ...(waitsFor === 'verification' && { waitsUntil: null, waitsFor: null }),
  }
}
