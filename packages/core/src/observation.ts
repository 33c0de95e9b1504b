import type { Log } from './logging/log.ts'
import type { ApiKeyOutcome } from './model/api-key-usage.ts'
import type { Attempt } from './model/attempt.ts'
import type { CancelReason, DeadLetterReason } from './model/delivery.ts'
import type { DisabledReason } from './model/webhook.ts'
import type { MaintenanceReport } from './retention/run-maintenance.ts'

/** What just happened, for the host's metrics, traces and screens. Holds no secrets and no payloads. */
export type Observation =
  /** The event was written. In a transaction of the host's it exists only once that commits, which is not observed. */
  | {
      type: 'event.dispatched'
      organizationId: string
      eventId: string
      eventType: string
      deliveries: number
      duplicate: boolean
    }
  | {
      type: 'delivery.settled'
      organizationId: string
      webhookId: string
      eventId: string
      eventType: string
      deliveryId: string
      /** When the delivery was made: of the first one to a webhook, when its event was dispatched. */
      createdAt: Date
      /** The request that was made; null when the delivery was given up, or put off, without one. */
      attempt: Attempt | null
      /**
       * What the delivery became. `retrying`: it is due again in `retryInMs`; without an attempt, because `delivery.shape` failed.
       * `cancelled`: its webhook's filter left it out.
       */
      status: 'delivered' | 'retrying' | 'dead_letter' | 'cancelled'
      reason: DeadLetterReason | CancelReason | null
      retryInMs: number | null
      /** True when the lease had lapsed: another worker holds the delivery, and this changed nothing but the attempt's row. */
      superseded: boolean
    }
  /** A delivery was given up: after an attempt, or because it grew too old or its workers vanished. */
  | {
      type: 'delivery.dead_lettered'
      organizationId: string
      webhookId: string
      eventId: string
      eventType: string
      deliveryId: string
      reason: DeadLetterReason
    }
  /** A token was found in public. `action`: what was done about it, by `apiKeys.leaked`. */
  | {
      type: 'api_key.leaked'
      organizationId: string
      apiKeyId: string
      source: string
      url: string | null
      action: 'notify' | 'disable' | 'revoke'
    }
  /** How often a key was used since this was last told of, every two seconds or so. Tokens of no key count nowhere. */
  | {
      type: 'api_key.used'
      organizationId: string
      apiKeyId: string
      outcome: ApiKeyOutcome
      count: number
    }
  /** A key expires soon, or is due to be rotated: told once for each expiry and each rotation. */
  | { type: 'api_key.expiring'; organizationId: string; apiKeyId: string; expiresAt: Date }
  | { type: 'api_key.rotation_due'; organizationId: string; apiKeyId: string; dueAt: Date }
  | {
      type: 'webhook.disabled'
      organizationId: string
      webhookId: string
      reason: Exclude<DisabledReason, 'by_user'>
    }
  /** A webhook has a new signing secret. `previousEndsAt`: until when requests are signed with the former one too. */
  | { type: 'webhook.secret_rotated'; organizationId: string; webhookId: string; previousEndsAt: Date | null }
  /**
   * Failures in a row have reached so much of what switches a webhook off, in percent: 50, 70, 90 or 100. `eventType`, here and
   * below: the type of the event that was sent when it showed.
   */
  | {
      type: 'webhook.failing'
      organizationId: string
      webhookId: string
      eventType: string
      percent: number
      consecutiveFailures: number
      failingSince: Date
    }
  /** The deliveries of a webhook wait: its receiver fails. A probe goes out at `probeAt`. */
  | {
      type: 'webhook.circuit_opened'
      organizationId: string
      webhookId: string
      eventType: string
      consecutiveFailures: number
      probeAt: Date
    }
  /** What was older than `retention` says was removed, or a part of it: see `maintenance.run()`. */
  | ({ type: 'maintenance.finished' } & MaintenanceReport)
  /** The receiver is back, and what has waited goes out. */
  | { type: 'webhook.recovered'; organizationId: string; webhookId: string; eventType: string }

/** Told of what happens, as it happens. */
export type Observer = (observation: Observation) => void

/** What those who look after webhooks and keys want to be told of. */
export const operationalEventTypes = [
  'webhook.failing',
  'webhook.circuit_opened',
  'webhook.recovered',
  'webhook.disabled',
  'webhook.secret_rotated',
  'delivery.dead_lettered',
  'api_key.expiring',
  'api_key.rotation_due',
  'api_key.leaked',
] as const
export type OperationalEventType = (typeof operationalEventTypes)[number]
export type OperationalEvent = Extract<Observation, { type: OperationalEventType }>

export function isOperational(observation: Observation): observation is OperationalEvent {
  return isOperationalType(observation.type)
}

export function isOperationalType(type: string): boolean {
  return (operationalEventTypes as readonly string[]).includes(type)
}

/** Calls the host's observer; a fault of the observer is the host's and stops nothing. */
export function safeObserver(
  observe: ((observation: Observation) => void) | undefined,
  log: Log,
): ((observation: Observation) => void) | undefined {
  if (observe === undefined) return undefined
  return (observation) => {
    const onFault = (error: unknown): void => {
      log.error({ err: error, observation: observation.type }, 'The observer of Leadhooks threw')
    }
    try {
      // It may be an async function, which TypeScript takes for one that returns nothing.
      const pending: unknown = observe(observation)
      if (pending instanceof Promise) pending.catch(onFault)
    } catch (error) {
      onFault(error)
    }
  }
}

/** Tells several observers, one after the other; undefined where there is none. */
export function observers(
  ...each: (((observation: Observation) => void) | undefined)[]
): ((observation: Observation) => void) | undefined {
  const given = each.filter((observe) => observe !== undefined)
  if (given.length === 0) return undefined
  return (observation) => given.forEach((observe) => observe(observation))
}
