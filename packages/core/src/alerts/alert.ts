import type { OperationalEvent, OperationalEventType } from '../observation.ts'

/** Something that a person should know. Holds no secrets and no payloads. */
export interface Alert {
  id: string
  type: OperationalEventType
  /** `critical`: somebody has to act. `warning`: soon. `info`: for the record. */
  severity: 'info' | 'warning' | 'critical'
  organizationId: string
  /** A sentence: what has happened to what. */
  title: string
  /** What is known of it, and what to do. */
  text: string
  at: Date
  /** How many like it were left out since the last one that was sent. */
  repeats: number
  /** What is behind it, for those who want more than sentences. */
  cause: OperationalEvent
}

type Wording = Pick<Alert, 'severity' | 'title' | 'text'>

/** Alerts of the same key are repetitions of one another. */
export function alertKey(cause: OperationalEvent): string {
  const subject = 'webhookId' in cause ? cause.webhookId : cause.apiKeyId
  const level = cause.type === 'webhook.failing' ? cause.percent : ''
  return JSON.stringify([cause.type, level, cause.organizationId, subject])
}

export function describeAlert<Type extends OperationalEventType>(cause: CauseOf<Type>): Wording {
  const describe = wordings[cause.type]
  return describe(cause)
}

type CauseOf<Type extends OperationalEventType> = Extract<OperationalEvent, { type: Type }>

const wordings: { [Type in OperationalEventType]: (cause: CauseOf<Type>) => Wording } = {
  'webhook.failing': (cause) => ({
    severity: cause.percent >= 90 ? 'critical' : 'warning',
    title: `${webhook(cause)} fails`,
    text: `It has failed ${times(cause.consecutiveFailures)} in a row since ${time(cause.failingSince)}: that is ${cause.percent} % of what switches it off. Its deliveries tell what its receiver answers.`,
  }),
  'webhook.circuit_opened': (cause) => ({
    severity: 'warning',
    title: `${webhook(cause)} gets nothing for now`,
    text: `It has failed ${times(cause.consecutiveFailures)} in a row. Its deliveries wait; one of them is tried at ${time(cause.probeAt)}.`,
  }),
  'webhook.recovered': (cause) => ({
    severity: 'info',
    title: `${webhook(cause)} is back`,
    text: 'What has waited for it goes out.',
  }),
  'webhook.disabled': (cause) => ({
    severity: 'critical',
    title: `${webhook(cause)} was switched off`,
    text: `${cause.reason === 'gone' ? 'Its receiver answered 410 Gone' : 'It has failed for too long'}. What comes for it waits until somebody enables it.`,
  }),
  'webhook.secret_rotated': (cause) => ({
    severity: 'info',
    title: `${webhook(cause)} has a new signing secret`,
    text:
      cause.previousEndsAt === null
        ? 'The former one counts no more.'
        : `Requests are signed with the former one too until ${time(cause.previousEndsAt)}: let its receiver know the new one by then.`,
  }),
  'delivery.dead_lettered': (cause) => ({
    severity: 'warning',
    title: `A delivery to ${webhook(cause, 'webhook')} was given up`,
    text: `Delivery "${cause.deliveryId}" of event "${cause.eventId}" (${cause.eventType}): ${cause.reason}. It can be replayed when its receiver is well.`,
  }),
  'api_key.expiring': (cause) => ({
    severity: 'warning',
    title: `${apiKey(cause)} expires soon`,
    text: `It works until ${time(cause.expiresAt)}.`,
  }),
  'api_key.rotation_due': (cause) => ({
    severity: 'info',
    title: `${apiKey(cause)} is due to be rotated`,
    text: `It has been since ${time(cause.dueAt)}.`,
  }),
  'api_key.leaked': (cause) => ({
    severity: 'critical',
    title: `${apiKey(cause)} was found in public`,
    text: `${cause.source} found it${cause.url === null ? '' : ` at ${cause.url}`}. ${leakActions[cause.action]}`,
  }),
}

const leakActions = {
  notify: 'It works still: rotate or revoke it.',
  disable: 'It was switched off.',
  revoke: 'It was revoked.',
}

function webhook(
  { organizationId, webhookId }: { organizationId: string; webhookId: string },
  noun = 'Webhook',
): string {
  return `${noun} "${webhookId}" of "${organizationId}"`
}

function apiKey({ organizationId, apiKeyId }: { organizationId: string; apiKeyId: string }): string {
  return `API key "${apiKeyId}" of "${organizationId}"`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function time(date: Date): string {
  return date.toISOString()
}
