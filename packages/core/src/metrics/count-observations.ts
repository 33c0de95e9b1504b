import type { DeadLetterReason } from '../model/delivery.ts'
import type { Observation, Observer } from '../observation.ts'
import type { Instruments, Labels } from './instruments.ts'

export interface LabelsOf {
  eventType: (type: string) => string
  /** Undefined where nothing is counted by organization. */
  organization: ((id: string) => string) | undefined
}

type Settled = Extract<Observation, { type: 'delivery.settled' }>

/** Shown from the start: of a series that begins with its first count Prometheus sees no increase. */
const deadLetterReasons: readonly DeadLetterReason[] = [
  'exhausted',
  'expired',
  'worker_crash',
  'undecryptable',
  'gone',
]

/** What OpenTelemetry recommends for HTTP, and what slow receivers take. */
const attemptBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60]
/** From a delivery that went at once to one that took all its retries. */
const deliveryBuckets = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 21_600, 86_400, 172_800,
]

/** Makes what counts up, and answers who is to be told of what happens. */
export function countObservations(instruments: Instruments, { eventType, organization }: LabelsOf): Observer {
  const own = organization === undefined ? [] : ['organization']
  const metric = (name: string, help: string, labelNames: string[]) => ({
    name: `leadhooks_${name}`,
    help,
    labelNames: [...own, ...labelNames],
  })
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    instruments.counter(metric(name, help, labelNames))
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[]) =>
    instruments.histogram(metric(name, help, labelNames), buckets)

  const events = counter('events_dispatched_total', 'Events written, duplicates left out', ['event_type'])
  const queued = counter('deliveries_created_total', 'Deliveries made by events', ['event_type'])
  const attempts = counter('delivery_attempts_total', 'Requests to webhooks', [
    'outcome',
    'status_class',
    'failure',
  ])
  const attemptSeconds = histogram(
    'delivery_attempt_duration_seconds',
    'How long requests took',
    attemptBuckets,
    ['outcome'],
  )
  const retries = counter('delivery_retries_total', 'Deliveries that are to be tried again')
  const finished = counter('deliveries_finished_total', 'Deliveries that ended', ['status', 'reason'])
  const deliverySeconds = histogram(
    'delivery_duration_seconds',
    'From the making of a delivery to its success, waits and retries included',
    deliveryBuckets,
    [],
  )
  const opened = counter('webhook_circuits_opened_total', 'Circuits that opened')
  const recovered = counter('webhooks_recovered_total', 'Webhooks that came back')
  const disabled = counter('webhooks_disabled_total', 'Webhooks that were switched off for failing', [
    'reason',
  ])
  const rotated = counter('webhook_secrets_rotated_total', 'Signing secrets that were rotated')
  const uses = counter('api_key_uses_total', 'Uses of API keys', ['outcome'])
  const leaked = counter('api_keys_leaked_total', 'API keys that were found in public')

  if (organization === undefined) {
    for (const reason of ['failing', 'gone']) disabled({ reason }, 0)
    for (const reason of deadLetterReasons) finished({ status: 'dead_letter', reason }, 0)
  }

  function countSettled(settled: Settled, at: Labels): void {
    const { attempt, status, reason, createdAt, superseded } = settled
    if (attempt !== null) {
      const outcome = superseded ? 'superseded' : attempt.outcome
      const { failure, statusCode, durationMs } = attempt
      const status_class = statusCode === null ? 'none' : `${Math.floor(statusCode / 100)}xx`
      attempts({ ...at, outcome, status_class, failure: failure ?? 'none' }, 1)
      if (durationMs !== null) attemptSeconds({ ...at, outcome }, durationMs / 1000)
    }
    // What came too late changed nothing of its delivery.
    if (superseded) return
    if (status === 'retrying') {
      if (attempt !== null) retries(at, 1)
      // What is given up is told of by an observation of its own, also where it was given up without a request.
    } else if (status !== 'dead_letter') finished({ ...at, status, reason: reason ?? 'none' }, 1)
    if (status === 'delivered' && attempt?.durationMs != null) {
      const endedAt = attempt.startedAt.getTime() + attempt.durationMs
      deliverySeconds(at, Math.max(0, endedAt - createdAt.getTime()) / 1000)
    }
  }

  return (observation) => {
    // It is of no organization.
    if (observation.type === 'maintenance.finished') return
    const at: Labels =
      organization === undefined ? {} : { organization: organization(observation.organizationId) }
    switch (observation.type) {
      case 'event.dispatched': {
        if (observation.duplicate) return
        const of = { ...at, event_type: eventType(observation.eventType) }
        events(of, 1)
        queued(of, observation.deliveries)
        return
      }
      case 'delivery.settled':
        return countSettled(observation, at)
      case 'delivery.dead_lettered':
        return finished({ ...at, status: 'dead_letter', reason: observation.reason }, 1)
      case 'webhook.circuit_opened':
        return opened(at, 1)
      case 'webhook.recovered':
        return recovered(at, 1)
      case 'webhook.disabled':
        return disabled({ ...at, reason: observation.reason }, 1)
      case 'webhook.secret_rotated':
        return rotated(at, 1)
      case 'api_key.used':
        return uses({ ...at, outcome: observation.outcome }, observation.count)
      case 'api_key.leaked':
        return leaked(at, 1)
      // Steps on the way to what is counted above, and dates to come.
      case 'webhook.failing':
      case 'api_key.expiring':
      case 'api_key.rotation_due':
        return undefined
    }
  }
}
