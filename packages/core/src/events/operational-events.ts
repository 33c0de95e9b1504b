import { z } from 'zod'
import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import {
  isOperational,
  isOperationalType,
  type Observation,
  type OperationalEvent,
  type OperationalEventType,
} from '../observation.ts'
import { dispatchEvent } from './dispatch-event.ts'
import { type EventCatalogue, type EventDefinition } from './event-catalogue.ts'

const webhookId = z.string()
const eventType = z.string()
const apiKeyId = z.string()
const time = z.iso.datetime()
const webhook = 'whk_01JGFJJZ00CX7V4QN5R8S9T0WX'
const apiKey = 'key_01JGFJJZ00CX7V4QN5R8S9T0WX'
const type = 'contact.created'
const at = '2026-01-31T12:00:00.000Z'

const definitions: Record<OperationalEventType, EventDefinition> = {
  'webhook.failing': {
    description:
      'The failures in a row of a webhook have reached 50, 70, 90 or 100 % of what switches it off',
    schema: z.object({
      webhookId,
      eventType,
      percent: z.int(),
      consecutiveFailures: z.int(),
      failingSince: time,
    }),
    example: { webhookId: webhook, eventType: type, percent: 50, consecutiveFailures: 12, failingSince: at },
  },
  'webhook.circuit_opened': {
    description: 'A webhook fails, and its deliveries wait',
    schema: z.object({ webhookId, eventType, consecutiveFailures: z.int(), probeAt: time }),
    example: { webhookId: webhook, eventType: type, consecutiveFailures: 10, probeAt: at },
  },
  'webhook.recovered': {
    description: 'The receiver of a webhook is back, and what has waited goes out',
    schema: z.object({ webhookId, eventType }),
    example: { webhookId: webhook, eventType: type },
  },
  'webhook.disabled': {
    description: 'A webhook was switched off: it failed for too long, or its receiver answered 410',
    schema: z.object({ webhookId, reason: z.enum(['failing', 'gone']) }),
    example: { webhookId: webhook, reason: 'failing' },
  },
  'webhook.secret_rotated': {
    description: 'A webhook has a new signing secret; the former one signs too until `previousEndsAt`',
    schema: z.object({ webhookId, previousEndsAt: time.nullable() }),
    example: { webhookId: webhook, previousEndsAt: at },
  },
  'delivery.dead_lettered': {
    description: 'A delivery was given up',
    schema: z.object({
      webhookId,
      eventId: z.string(),
      eventType,
      deliveryId: z.string(),
      reason: z.string(),
    }),
    example: {
      webhookId: webhook,
      eventId: 'evt_01JGFJJZ00CX7V4QN5R8S9T0WX',
      eventType: type,
      deliveryId: 'dlv_01JGFJJZ00CX7V4QN5R8S9T0WX',
      reason: 'exhausted',
    },
  },
  'api_key.expiring': {
    description: 'An API key expires soon',
    schema: z.object({ apiKeyId, expiresAt: time }),
    example: { apiKeyId: apiKey, expiresAt: at },
  },
  'api_key.rotation_due': {
    description: 'An API key is due to be rotated',
    schema: z.object({ apiKeyId, dueAt: time }),
    example: { apiKeyId: apiKey, dueAt: at },
  },
  'api_key.leaked': {
    description: 'The token of an API key was found in public',
    schema: z.object({
      apiKeyId,
      source: z.string(),
      url: z.string().nullable(),
      action: z.enum(['notify', 'disable', 'revoke']),
    }),
    example: { apiKeyId: apiKey, source: 'github', url: null, action: 'revoke' },
  },
}

/**
 * The event types of the host with those of Leadhooks; none where the host has none, since then all pass. Throws `invalid_options`
 * for one that both have.
 */
export function withOperationalEvents(catalogue: EventCatalogue | undefined): EventCatalogue | undefined {
  if (catalogue === undefined) return undefined
  const taken = Object.keys(catalogue).find(isOperationalType)
  if (taken === undefined) return { ...catalogue, ...definitions }
  const message = `\`events\` has "${taken}", which \`operationalEvents\` dispatches: rename it, or leave them off`
  throw new LeadhooksError('invalid_options', message)
}

/** Dispatches what happens to webhooks and keys as events of their organization. */
export class OperationalEvents {
  readonly #ctx: Context
  /** They are written one after the other: many at once would take all connections that the host has. */
  #writing = Promise.resolve()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  readonly observe = (observation: Observation): void => {
    if (!isOperational(observation) || isOfItsOwnKind(observation)) return
    this.#writing = this.#writing.then(async () => this.#write(observation))
  }

  /** Resolves when nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing
  }

  async #write({ type, organizationId, ...details }: OperationalEvent): Promise<void> {
    try {
      await dispatchEvent(this.#ctx, { organizationId, type, data: datesAsText(details) })
    } catch (error) {
      this.#ctx.logger.error(
        { err: error, type, organizationId },
        'An operational event could not be dispatched',
      )
    }
  }
}

/** What shows by the delivery of an operational event makes no further one: there would be no end to it. */
function isOfItsOwnKind(event: OperationalEvent): boolean {
  return 'eventType' in event && isOperationalType(event.eventType)
}

function datesAsText(details: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]),
  )
}
