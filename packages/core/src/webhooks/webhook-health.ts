import type {
  AutoDisablePolicy,
  CircuitPolicy,
  StoredWebhook,
  WaitReason,
  WebhookHealth,
} from '../model/webhook.ts'
import type { WebhookChanges } from '../storage/storage.ts'

/** What holds for a webhook, its own settings or else the host's. */
export interface HealthPolicy {
  circuit: CircuitPolicy | false
  autoDisable: AutoDisablePolicy | false
}

/** What came of an attempt, as far as the health of its webhook goes. */
export interface HealthSign {
  /** The type of the event that was sent. */
  eventType: string
  /** `neutral`: the receiver is there, and has asked for a pause. */
  sign: 'success' | 'failure' | 'neutral'
  at: number
  /** How long everything to this webhook is to wait; null where the receiver asked for nothing of the kind. */
  pauseMs: number | null
}

/** What a webhook goes through, for those who look after it. `eventType`: what was sent when it showed. */
export type HealthEvent =
  | {
      type: 'webhook.failing'
      eventType: string
      percent: number
      consecutiveFailures: number
      failingSince: Date
    }
  | { type: 'webhook.circuit_opened'; eventType: string; consecutiveFailures: number; probeAt: Date }
  | { type: 'webhook.recovered'; eventType: string }
  | { type: 'webhook.disabled'; reason: 'failing' }

export interface HealthVerdict {
  changes: WebhookChanges
  events: HealthEvent[]
}

/** As it is when nothing is known against a webhook. */
export const unburdened = {
  circuitState: 'closed',
  waitsUntil: null,
  waitsFor: null,
  health: null,
} as const satisfies WebhookChanges

type Judged = Pick<StoredWebhook, 'enabled' | 'circuitState' | 'waitsUntil' | 'waitsFor' | 'health'>
type Wait = { waitsUntil: Date; waitsFor: WaitReason }

const warnings = [100, 90, 70, 50]

/** Whether an attempt says anything new of its webhook: one more success of one that fares well does not. */
export function isNews(webhook: Judged, { sign }: Pick<HealthSign, 'sign'>): boolean {
  return sign !== 'success' || webhook.health !== null || webhook.circuitState !== 'closed'
}

/** What the signs of some attempts, one after the other, make of a webhook; null when they change nothing. */
export function judgeHealth(
  webhook: Judged,
  policy: HealthPolicy,
  signs: readonly HealthSign[],
): HealthVerdict | null {
  const judged: Judged = { ...webhook }
  const verdict: HealthVerdict = { changes: {}, events: [] }
  for (const sign of signs) {
    const { changes, events } = judgeOne(judged, policy, sign)
    Object.assign(judged, changes)
    Object.assign(verdict.changes, changes)
    verdict.events.push(...events)
  }
  return Object.keys(verdict.changes).length === 0 ? null : verdict
}

function judgeOne(webhook: Judged, policy: HealthPolicy, sign: HealthSign): HealthVerdict {
  // What was still on its way when it was switched off changes nothing any more.
  if (!webhook.enabled || !isNews(webhook, sign)) return { changes: {}, events: [] }
  if (sign.sign === 'success') return recover(webhook, sign)
  const waits = [heldOtherwise(webhook), pauseOf(sign)]
  if (sign.sign === 'neutral') {
    const reopened = reopenedBy(webhook, policy, sign)
    return { changes: { ...stateOf(reopened), ...longestOf(...waits, reopened) }, events: [] }
  }
  const { eventType } = sign
  const health = withOneMore(webhook.health, sign.at)
  const events: HealthEvent[] = []
  const percent = shareOf(health, policy.autoDisable, sign.at)
  const warning = warnings.find((level) => percent >= level)
  if (warning !== undefined && warning > health.warnedOf) {
    health.warnedOf = warning
    events.push({ type: 'webhook.failing', eventType, percent: warning, ...told(health) })
  }
  if (percent >= 100) {
    const disabledAt = new Date(sign.at)
    events.push({ type: 'webhook.disabled', reason: 'failing' })
    const off = { enabled: false, disabledReason: 'failing', disabledAt, updatedAt: disabledAt } as const
    return { changes: { ...unburdened, health, ...off }, events }
  }
  const opened = openedBy(webhook, policy, health, sign.at)
  const wait = longestOf(...waits, opened)
  if (opened !== null && webhook.circuitState === 'closed')
    events.push({
      type: 'webhook.circuit_opened',
      eventType,
      consecutiveFailures: health.consecutiveFailures,
      probeAt: wait?.waitsUntil ?? opened.waitsUntil,
    })
  return { changes: { health, ...stateOf(opened), ...wait }, events }
}

function recover({ circuitState, waitsFor }: Judged, { eventType }: HealthSign): HealthVerdict {
  // A pause that the receiver asked for goes on, and so do throttle and maintenance; only what waited for this success does not.
  const isHeldOtherwise = waitsFor !== null && waitsFor !== 'circuit'
  const changes = isHeldOtherwise ? ({ circuitState: 'closed', health: null } as const) : unburdened
  return { changes, events: circuitState === 'closed' ? [] : [{ type: 'webhook.recovered', eventType }] }
}

function withOneMore(health: WebhookHealth | null, at: number): WebhookHealth {
  const { consecutiveFailures = 0, failingSince = at, openings = 0, warnedOf = 0 } = health ?? {}
  return { consecutiveFailures: consecutiveFailures + 1, failingSince, openings, warnedOf }
}

function told({ consecutiveFailures, failingSince }: WebhookHealth): {
  consecutiveFailures: number
  failingSince: Date
} {
  return { consecutiveFailures, failingSince: new Date(failingSince) }
}

/** How much of what switches a webhook off has come together, in percent. */
function shareOf(health: WebhookHealth, policy: AutoDisablePolicy | false, at: number): number {
  if (policy === false) return 0
  return 'consecutiveFailures' in policy
    ? (100 * health.consecutiveFailures) / policy.consecutiveFailures
    : (100 * (at - health.failingSince)) / policy.failingForMs
}

/** Whether this failure opens the circuit: the first time, or again after a probe that failed. Counts the opening. */
function openedBy(
  { circuitState }: Judged,
  { circuit }: HealthPolicy,
  health: WebhookHealth,
  at: number,
): Wait | null {
  if (circuit === false || circuitState === 'open') return null
  const isDown = health.consecutiveFailures >= circuit.failures && at - health.failingSince >= circuit.spanMs
  if (circuitState === 'closed' && !isDown) return null
  health.openings++
  return { waitsUntil: new Date(at + probeDelayMs(circuit, health.openings)), waitsFor: 'circuit' }
}

/** A probe that was only put off says nothing: another one is tried after the pause, and no sooner than the first one was. */
function reopenedBy({ circuitState }: Judged, { circuit }: HealthPolicy, { at }: HealthSign): Wait | null {
  if (circuit === false || circuitState !== 'half_open') return null
  return { waitsUntil: new Date(at + circuit.firstProbeMs), waitsFor: 'circuit' }
}

function stateOf(opened: Wait | null): WebhookChanges {
  return opened === null ? {} : { circuitState: 'open' }
}

function probeDelayMs({ firstProbeMs, longestProbeMs }: CircuitPolicy, openings: number): number {
  return Math.min(firstProbeMs * 2 ** (openings - 1), longestProbeMs)
}

/** What it waits for already, unless that was the answer of a probe. */
function heldOtherwise({ circuitState, waitsUntil, waitsFor }: Judged): Wait | null {
  if (waitsUntil === null || waitsFor === null) return null
  return circuitState === 'half_open' && waitsFor === 'circuit' ? null : { waitsUntil, waitsFor }
}

function pauseOf({ at, pauseMs }: HealthSign): Wait | null {
  return pauseMs === null ? null : { waitsUntil: new Date(at + pauseMs), waitsFor: 'paused' }
}

/** Of several waits the longest one holds; of two that are as long, the first. */
function longestOf(...waits: readonly (Wait | null)[]): Wait | null {
  let longest: Wait | null = null
  for (const wait of waits)
    if (wait !== null && (longest === null || wait.waitsUntil > longest.waitsUntil)) longest = wait
  return longest
}

/**
 * Lets one delivery of a webhook go whose circuit is open, to see whether its receiver is back; null where it is not time yet, or
 * another has gone. Should nothing be heard of the probe, the next one goes after `answerMs`.
 */
export function takeProbe(webhook: Judged, now: number, answerMs: number): WebhookChanges | null {
  if (webhook.circuitState === 'closed' || !webhook.enabled) return null
  if (webhook.waitsUntil !== null && webhook.waitsUntil.getTime() > now) return null
  return { circuitState: 'half_open', waitsUntil: new Date(now + answerMs), waitsFor: 'circuit' }
}
