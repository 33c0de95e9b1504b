import type { StoredWebhook } from '../model/webhook.ts'
import { drawTokens } from '../rate-limit/token-bucket.ts'
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
  | 'throttleFullAt'
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
  return webhook.circuitState !== 'closed' || webhook.throttle !== null || outUntilOf(webhook, now) > now
}

/** Lets through as many as maintenance, circuit and throttle of a webhook allow, as it is at this moment. */
export function admit(webhook: Judged, { wanted, now, answerMs }: AdmissionRequest): Admission {
  // It was told to wait, or switched off, between the claim and now: that holds, and nothing here may shorten it.
  if (!webhook.enabled || (webhook.waitsUntil?.getTime() ?? 0) > now) return { room: 0, changes: null }
  const outUntil = outUntilOf(webhook, now)
  if (outUntil > now) return { room: 0, changes: { waitsUntil: new Date(outUntil), waitsFor: 'maintenance' } }
  if (webhook.circuitState !== 'closed') {
    const probe = takeProbe(webhook, now, answerMs)
    return { room: probe === null ? 0 : 1, changes: probe }
  }
  return throttled(webhook, wanted, now)
}

/** When the maintenance of a webhook and that of its organization will be over; now where there is none. */
function outUntilOf({ maintenance, organizationMaintenance }: Judged, now: number): number {
  return Math.max(
    maintenanceUntil(maintenance, now) ?? now,
    maintenanceUntil(organizationMaintenance, now) ?? now,
  )
}

/** Whether what it lets through is counted. */
export function isRationed({ circuitState, throttle }: Pick<Judged, 'circuitState' | 'throttle'>): boolean {
  return circuitState !== 'closed' || throttle !== null
}

/** As if so many had not been let through: they were not sent. Null where nothing is left of that. */
export function takeBack(webhook: Judged, unsent: number, now: number): WebhookChanges | null {
  const { enabled, circuitState, waitsFor, throttle, throttleFullAt } = webhook
  if (!enabled) return null
  if (circuitState !== 'closed')
    return circuitState === 'half_open' && waitsFor === 'circuit'
      ? { circuitState: 'open', waitsUntil: new Date(now) }
      : null
  if (throttle === null || throttleFullAt === null) return null
  const bucket = { limit: throttle.requests, windowMs: throttle.perMs }
  const { state } = drawTokens(throttleFullAt, bucket, -unsent, now)
  const isHeld = waitsFor === 'throttled'
  return { throttleFullAt: state, ...(isHeld && { waitsUntil: null, waitsFor: null }) }
}

/** Where not all may go, the webhook waits until the next one may. */
function throttled({ throttle, throttleFullAt }: Judged, wanted: number, now: number): Admission {
  if (throttle === null) return { room: wanted, changes: null }
  const bucket = { limit: throttle.requests, windowMs: throttle.perMs }
  const { remaining } = drawTokens(throttleFullAt ?? undefined, bucket, 0, now)
  const room = Math.min(wanted, remaining)
  const drawn = drawTokens(throttleFullAt ?? undefined, bucket, room, now)
  if (room === wanted) return { room, changes: { throttleFullAt: drawn.state } }
  const { resetMs } = drawTokens(drawn.state, bucket, 1, now)
  const waitsUntil = new Date(Math.ceil(now + resetMs))
  return { room, changes: { throttleFullAt: drawn.state, waitsUntil, waitsFor: 'throttled' } }
}
