import { z } from 'zod'
import { text } from '../input.ts'
import { retryPolicyNames } from '../model/retry-policy.ts'
import { bodySignatures } from '../model/webhook.ts'

const delayMs = z
  .int()
  .min(0)
  .max(30 * 24 * 3_600_000)
const maxAttempts = z.int().min(1).max(100)
const jitter = z.number().min(0).max(1).optional()

export const retryPolicy = z
  .union([
    z.enum(retryPolicyNames),
    z.strictObject({ name: z.enum(retryPolicyNames), maxAttempts }),
    z.strictObject({ delaysMs: z.array(delayMs).max(99), jitter }),
    z.strictObject({
      firstDelayMs: delayMs.min(1),
      factor: z.number().min(1).max(100),
      maxDelayMs: delayMs.min(1),
      maxAttempts,
      jitter,
    }),
  ])
  .meta({
    id: 'RetryPolicy',
    description:
      'When a failed delivery is tried again: `patient` (13 attempts over about 28 h), `exponential` (7 attempts), `stepped` (6), one of them cut off by `maxAttempts`, a list of delays, or a rule',
  })

const eventTypePattern = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*(\.\*)?$/,
    'Must be an event type (`contact.created`), or how some begin with ".*" (`contact.*`)',
  )

/** The settings of a webhook that its owner may set. */
export const webhookSettings = z.strictObject({
  url: z
    .string()
    .max(2048)
    .meta({ description: 'Where deliveries are posted to', example: 'https://example.com/hooks' }),
  name: text(200).nullable(),
  description: text(2000).nullable(),
  eventTypes: z.array(eventTypePattern).max(200).meta({
    description: 'The event types to send: `contact.created`, or `contact.*`. Empty means all',
  }),
  headers: z.record(z.string(), z.string()).meta({
    description: 'Headers to add to each request. Stored encrypted; only their names are shown',
  }),
  bodySignature: z.enum(bodySignatures).meta({
    description: 'How `X-Webhook-Signature` is written beside the Standard Webhooks headers',
  }),
  retry: retryPolicy.nullable(),
  timeoutMs: z.int().min(1).max(120_000).nullable(),
  concurrency: z.int().min(1).max(1000).nullable(),
  enabled: z.boolean(),
})

export const webhookChanges = webhookSettings.partial()

export const newWebhook = webhookChanges.required({ url: true }).extend({
  secret: text(120).optional().meta({
    description: 'An own signing secret: `whsec_` and 24 to 64 bytes in base64. Left out: one is made',
  }),
})
