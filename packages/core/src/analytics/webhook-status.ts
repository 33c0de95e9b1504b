import type { Context } from '../context.ts'
import type { AutoDisablePolicy, StoredWebhook } from '../model/webhook.ts'
import type { Counts } from '../model/rollup.ts'
import { intervalMs, startOfInterval } from '../api-keys/usage-intervals.ts'
import { addCounts, emptyCounts, sumOf } from '../rollups/counts.ts'
import { type Figures, figuresOf, percent } from './figures.ts'

/** How a webhook fares, in a word. */
export const webhookStatuses = ['healthy', 'degraded', 'failing'] as const
export type WebhookStatus = (typeof webhookStatuses)[number]

export const statusReasons = [
  'disabled',
  'circuit_open',
  'mostly_failing',
  'failing_in_a_row',
  'some_failing',
  'paused',
  'slow',
] as const
export type StatusReason = (typeof statusReasons)[number]

/** Why it is not called healthy. */
export interface StatusEvidence {
  reason: StatusReason
  /** A sentence for people. */
  message: string
}

/** What will become of a webhook if its receiver goes on as it does. */
export interface Forecast {
  /** When it will be switched off. */
  disabledAt: Date
  /** A sentence for people: "Will be disabled in about 6 h at this rate". */
  message: string
}

export interface StatusReport {
  status: WebhookStatus
  /** Empty for one that is healthy. */
  evidence: StatusEvidence[]
  forecast: Forecast | null
  /** What came of its deliveries in this hour and the one before. */
  recent: Figures & { since: Date }
}

/** Fewer attempts than this say nothing of a rate. */
const fewestAttempts = 10
const failingPercent = 50
const degradedPercent = 95
const suspiciousFailures = 3
const manyFailures = 10
/** So much of its deadline may the slowest twentieth of its answers take. */
const slowShare = 0.8

interface Judgement {
  webhook: StoredWebhook
  recent: Counts
  autoDisable: AutoDisablePolicy | false
  timeoutMs: number
  now: number
}

/** The statuses of webhooks of one organization, by their ids. */
export async function readStatuses(
  ctx: Context,
  organizationId: string,
  webhooks: readonly StoredWebhook[],
): Promise<Map<string, StatusReport>> {
  const now = ctx.clock.now()
  const { delivery } = ctx.settings
  const since = new Date(startOfInterval('hour', now).getTime() - intervalMs.hour)
  const spans = [
    { interval: 'hour', from: since, to: new Date(since.getTime() + 2 * intervalMs.hour) },
  ] as const
  const counts = new Map(webhooks.map(({ id }) => [id, emptyCounts()]))
  const webhookIds = [...counts.keys()]
  const rollups =
    webhookIds.length === 0 ? [] : await ctx.storage.readRollups({ organizationId, spans, webhookIds })
  for (const { webhookId, counts: added } of rollups) {
    const sum = counts.get(webhookId ?? '')
    if (sum !== undefined) addCounts(sum, added)
  }
  const judged = webhooks.map((webhook): [string, StatusReport] => {
    const recent = counts.get(webhook.id) ?? emptyCounts()
    const autoDisable = webhook.autoDisable ?? delivery.autoDisable
    const timeoutMs = webhook.timeoutMs ?? delivery.timeoutMs
    const verdict = judgeStatus({ webhook, recent, autoDisable, timeoutMs, now })
    return [webhook.id, { ...verdict, recent: { since, ...figuresOf(recent) } }]
  })
  return new Map(judged)
}

/** The rules stand in docs/analytics.md. */
export function judgeStatus(judgement: Judgement): Omit<StatusReport, 'recent'> {
  const failing = failingEvidence(judgement)
  const evidence = [...failing, ...degradedEvidence(judgement)]
  const status = failing.length > 0 ? 'failing' : evidence.length > 0 ? 'degraded' : 'healthy'
  return { status, evidence, forecast: forecastOf(judgement) }
}

function failingEvidence({ webhook, recent }: Judgement): StatusEvidence[] {
  const evidence: StatusEvidence[] = []
  const { enabled, disabledReason, circuitState } = webhook
  const failures = webhook.health?.consecutiveFailures ?? 0
  if (!enabled && disabledReason === 'gone')
    evidence.push({ reason: 'disabled', message: 'Its receiver answered 410 Gone, and it was switched off' })
  if (!enabled && disabledReason === 'failing')
    evidence.push({
      reason: 'disabled',
      message: 'Its receiver failed for too long, and it was switched off',
    })
  if (circuitState !== 'closed')
    evidence.push({ reason: 'circuit_open', message: 'Its circuit is open: deliveries wait' })
  if (failures >= manyFailures) evidence.push(inARow(failures))
  const rate = attemptRate(recent)
  if (rate !== null && rate < failingPercent)
    evidence.push({ reason: 'mostly_failing', message: `Only ${rate} % of the last attempts succeeded` })
  return evidence
}

function degradedEvidence({ webhook, recent, timeoutMs, now }: Judgement): StatusEvidence[] {
  const evidence: StatusEvidence[] = []
  const { waitsFor, waitsUntil, health } = webhook
  const failures = health?.consecutiveFailures ?? 0
  if (failures >= suspiciousFailures && failures < manyFailures) evidence.push(inARow(failures))
  const rate = attemptRate(recent)
  if (rate !== null && rate >= failingPercent && rate < degradedPercent)
    evidence.push({ reason: 'some_failing', message: `${rate} % of the last attempts succeeded` })
  if (waitsFor === 'paused' && waitsUntil !== null && waitsUntil.getTime() > now)
    evidence.push({
      reason: 'paused',
      message: `Its receiver asked for a pause until ${waitsUntil.toISOString()}`,
    })
  const { p95Ms } = figuresOf(recent)
  if (sumOf(recent.latencies) >= fewestAttempts && p95Ms >= slowShare * timeoutMs)
    evidence.push({
      reason: 'slow',
      message: `A twentieth of its answers take ${Math.round(p95Ms)} ms or longer`,
    })
  return evidence
}

function inARow(failures: number): StatusEvidence {
  return { reason: 'failing_in_a_row', message: `The last ${failures} attempts failed` }
}

/**
 * How many of the last attempts succeeded, in percent; null where they are too few. What a worker broke off says nothing of the
 * receiver.
 */
function attemptRate({ attempts, failures }: Counts): number | null {
  const answerable = attempts - (failures['worker_stopped'] ?? 0)
  return answerable < fewestAttempts ? null : percent(attempts - sumOf(failures), answerable)
}

/**
 * When its failures will have switched it off. Where so many in a row do that, at the pace of those since its last success; where
 * it is a time of nothing else, when that is over. Null where nothing points to it.
 */
function forecastOf({ webhook, autoDisable, now }: Judgement): Forecast | null {
  const { health, enabled } = webhook
  if (!enabled || autoDisable === false || health === null) return null
  const { consecutiveFailures, failingSince } = health
  if (consecutiveFailures < suspiciousFailures) return null
  const elapsed = Math.max(now - failingSince, 1)
  const left =
    'failingForMs' in autoDisable
      ? autoDisable.failingForMs - elapsed
      : ((autoDisable.consecutiveFailures - consecutiveFailures) * elapsed) / consecutiveFailures
  const message =
    left <= 0
      ? 'Will be disabled by the next failure'
      : `Will be disabled in about ${inWords(left)} at this rate`
  return { disabledAt: new Date(Math.ceil(now + Math.max(left, 0))), message }
}

function inWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / intervalMs.minute))
  if (minutes < 90) return `${minutes} min`
  const hours = Math.round(ms / intervalMs.hour)
  return hours < 48 ? `${hours} h` : `${Math.round(ms / intervalMs.day)} days`
}
