import { z } from 'zod'
import { channel, text } from '../input.ts'
import { retryPolicyNames } from '../model/retry-policy.ts'
import { bodySignatures, payloadFormats, weekdays } from '../model/webhook.ts'
import { isTimeZone } from './maintenance.ts'
import { tlsSettings } from './tls-settings.ts'

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

export const throttle = z
  .strictObject({
    requests: z.int().min(1).max(100_000),
    perMs: z.int().min(100).max(86_400_000),
  })
  .meta({ id: 'Throttle', description: 'As many requests at once, refilled evenly in so many milliseconds' })

export const batch = z
  .strictObject({
    maxEvents: z.int().min(2).max(1000).meta({ description: 'So many events go by one request at most' }),
    maxWaitMs: z
      .int()
      .min(100)
      .max(300_000)
      .meta({ description: 'So long one waits for others; then it goes with those that there are' }),
  })
  .meta({ id: 'BatchSettings', description: 'How many events go by one signed request' })

const timeZone = z
  .string()
  .max(100)
  .refine(isTimeZone, 'Must be a time zone: "Europe/Berlin"')
  .meta({ description: 'Of the IANA database: `Europe/Berlin`' })

const onceWindow = z
  .strictObject({ startsAt: z.iso.datetime({ offset: true }), endsAt: z.iso.datetime({ offset: true }) })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    path: ['endsAt'],
    message: 'Must be after `startsAt`',
  })

const weeklyWindow = z.strictObject({
  weekdays: z.array(z.enum(weekdays)).min(1).max(7),
  startsAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of the day: "02:00"')
    .meta({ example: '02:00' }),
  minutes: z.int().min(1).max(10_080),
  timeZone,
})

export const maintenanceWindow = z.union([onceWindow, weeklyWindow]).meta({
  id: 'MaintenanceWindow',
  description: 'A time in which nothing is sent: once, or each week',
})

// What a header can carry, in Latin-1 (RFC 7617, 2 and RFC 6750, 2.1).
const credential = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[\x20-\x7e\x80-\xff]+$/, 'Must have no control characters, and none beyond Latin-1')

// What a form and a header can both carry (RFC 6749, appendix A).
const visible = z.string().regex(/^[\x20-\x7e]{1,1024}$/, 'Must be 1 to 1024 characters of ASCII')

export const oauth2 = z.strictObject({
  type: z.literal('oauth2'),
  tokenUrl: z.string().max(2048).meta({ description: 'Where access tokens are asked for' }),
  clientId: visible,
  clientSecret: visible,
  scope: visible.optional(),
  audience: visible.optional(),
  clientAuthentication: z.enum(['basic', 'post']).default('basic').meta({
    description: 'Whether client id and secret go as HTTP basic authentication, or in the form',
  }),
})
export type OAuth2 = z.output<typeof oauth2>

export const authentication = z
  .union([
    z.strictObject({
      type: z.literal('basic'),
      username: credential.regex(/^[^:]*$/, 'Must not have a colon'),
      password: credential,
    }),
    z.strictObject({ type: z.literal('bearer'), token: credential }),
    oauth2,
  ])
  .meta({
    id: 'Authentication',
    description:
      'What requests carry as `Authorization`: a user name and password, a token, or tokens that are fetched by the client credentials grant of OAuth 2.0. Stored encrypted, and never shown',
  })
export type Authentication = z.output<typeof authentication>

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
  channels: z
    .array(channel)
    .max(10)
    .meta({
      description:
        'Of these event types, only events that carry one of these channels. Empty means all, with channels and without',
      example: ['project-42'],
    }),
  filter: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({
      description:
        'Of these event types, only events whose data matches, in the manner of MongoDB: `{ "amount": { "$gte": 1000 } }`. Null: all',
      example: { amount: { $gte: 1000 } },
    }),
  format: z.enum(payloadFormats).meta({
    description:
      'How bodies are laid out: `leadhooks` (`{ id, event, timestamp, data }`), `standard` (`{ type, timestamp, data }`), `cloudevents` (CloudEvents 1.0), or the `data` alone',
  }),
  mapping: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({
      description:
        'What `data` is made of: names, and paths into the event. `{ $field, $else }` says what stands for a missing field, `{ $value }` is a constant. Null: the data of the event',
      example: { email: 'data.contact.email', source: { $value: 'crm' } },
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
  throttle: throttle.nullable().meta({
    description: 'At most so many requests in so long, all workers together. What comes too soon waits',
  }),
  ordered: z.boolean().meta({
    description:
      'Whether events with an `orderingKey` are sent one after the other, each key by itself: one that fails holds up those of its own key, until it is delivered or given up',
  }),
  traceContext: z.boolean().meta({
    description:
      'Whether requests carry `traceparent`, and `tracestate` where there is one: of the span of the attempt, where the host traces',
  }),
  batch: batch.nullable().meta({
    description: 'Several events by one signed request. Null: each event by a request of its own',
  }),
  maintenance: z
    .array(maintenanceWindow)
    .max(50)
    .meta({ description: 'Times in which nothing is sent: deliveries wait, and spend no attempt' }),
  authentication: authentication.nullable(),
  tls: tlsSettings.nullable(),
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
  asymmetricSigning: z.boolean().meta({
    description:
      'Whether requests are signed with an Ed25519 key (`v1a`) beside the secret: receivers then need to know its public half only',
  }),
  enabled: z.boolean(),
})

export const webhookChanges = webhookSettings.partial()

export const newWebhook = webhookChanges.required({ url: true }).extend({
  secret: webhookSecret,
})
