import type { StoredWebhook } from '../model/webhook.ts'
import type { WebhookChanges } from '../storage/storage.ts'
import { maintenanceUntil } from './maintenance.ts'
import { takeProbe } from './webhook-health.ts'

type Judged = Pick<
  StoredWebhook,
  | 'enabled'
  | 'circuitState'
  | 'waitsUntil'
  | 'waitsFor'
  | 'health'
  | 'throttle'
  | 'maintenance'
  | 'organizationMaintenance'
>

export interface AdmissionRequest {
  /** How many deliveries want to go. */
  wanted: number
  now: number
  /** Should nothing be heard of a probe, the next one goes after so long. */
  answerMs: number
}

/** How many of them may go, and what is to be written of the webhook; null where it stays as it is. */
export interface Admission {
  room: number
  changes: WebhookChanges | null
}

/** Whether it has to be asked at all: most webhooks let everything through. */
export function isGuarded(webhook: Judged, now: number): boolean {
  return webhook.throttle !== null || isHeldBack(webhook, now)
}

/** Whether a circuit or maintenance stands between it and what waits for it. That passes, and a throttle stays. */
export function isHeldBack(webhook: Judged, now: number): boolean {
  return webhook.circuitState !== 'closed' || outUntilOf(webhook, now) > now
}

/** Lets through as many as maintenance and circuit of a webhook allow, as it is at this moment. */
export function admit(webhook: Judged, { wanted, now, answerMs }: AdmissionRequest): Admission {
  // It was told to wait, or switched off, between the claim and now: that holds, and nothing here may shorten it.
  if (!webhook.enabled || (webhook.waitsUntil?.getTime() ?? 0) > now) return { room: 0, changes: null }
  const outUntil = outUntilOf(webhook, now)
  if (outUntil > now) return { room: 0, changes: { waitsUntil: new Date(outUntil), waitsFor: 'maintenance' } }
  if (webhook.circuitState !== 'closed') {
    const probe = takeProbe(webhook, now, answerMs)
    return { room: probe === null ? 0 : 1, changes: probe }
  }
  // It is over by now. What a throttle has left, the next claim asks.
  return { room: webhook.throttle === null ? wanted : 0, changes: null }
}

/** When the maintenance of a webhook and that of its organization will be over; now where there is none. */
function outUntilOf({ maintenance, organizationMaintenance }: Judged, now: number): number {
  return Math.max(
    maintenanceUntil(maintenance, now) ?? now,
    maintenanceUntil(organizationMaintenance, now) ?? now,
  )
}

/** As if a probe had not been let through: it was not sent. Null where nothing is left of that. */
export function takeProbeBack(
  { enabled, circuitState, waitsFor }: Judged,
  now: number,
): WebhookChanges | null {
  const isProbing = enabled && circuitState === 'half_open' && waitsFor === 'circuit'
  return isProbing ? { circuitState: 'open', waitsUntil: new Date(now) } : null
}
