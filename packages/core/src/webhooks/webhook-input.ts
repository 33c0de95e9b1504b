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

export const webhookSecret = text(120).optional().meta({
  description: 'An own signing secret: `whsec_` and 24 to 64 bytes in base64. Left out: one is made',
})

const failuresToOpen = z.int().min(1).max(1000).meta({ description: 'So many failures in a row,' })
const spanMs = z.int().min(0).max(86_400_000).meta({ description: 'over at least so long, open it' })
const probeMs = z.int().min(1000).max(86_400_000)
const firstProbeMs = probeMs.meta({
  description: 'How long it waits for its first probe; twice as long for each later one,',
})
const longestProbeMs = probeMs.meta({ description: 'up to this' })

export const circuitPolicy = z
  .strictObject({ failures: failuresToOpen, spanMs, firstProbeMs, longestProbeMs })
  .meta({ id: 'CircuitPolicy', description: 'When the deliveries of a failing webhook wait' })

/** What is left out has its default. */
export const circuitSettings = z
  .strictObject({
    failures: failuresToOpen.default(10),
    spanMs: spanMs.default(30_000),
    firstProbeMs: firstProbeMs.default(30_000),
    longestProbeMs: longestProbeMs.default(3_600_000),
  })
  .meta({ id: 'CircuitSettings', description: 'When the deliveries of a failing webhook are to wait' })

export const autoDisablePolicy = z
  .union([
    z.strictObject({ consecutiveFailures: z.int().min(1).max(100_000) }),
    z.strictObject({
      failingForMs: z
        .int()
        .min(1000)
        .max(365 * 86_400_000),
    }),
  ])
  .meta({
    id: 'AutoDisablePolicy',
    description:
      'When a failing webhook is switched off: after so many failures in a row, or when nothing else came for so long',
  })

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
  circuit: circuitSettings.or(z.literal(false)).nullable().meta({
    description:
      'When its deliveries wait because its receiver fails; false: never; null: as the host has it',
  }),
  autoDisable: autoDisablePolicy.or(z.literal(false)).nullable().meta({
    description: 'When it is switched off because its receiver fails; false: never; null: as the host has it',
  }),
  rotateSecretEveryDays: z.int().min(1).max(3650).nullable().meta({
    description: 'A new signing secret is made every so many days; the former one counts for a day longer',
  }),
  enabled: z.boolean(),
})

export const webhookChanges = webhookSettings.partial()

export const newWebhook = webhookChanges.required({ url: true }).extend({
  secret: webhookSecret,
})
