import { z } from 'zod'
import {
  authenticationTypes,
  bodySignatures,
  circuitStates,
  disabledReasons,
  payloadFormats,
  verificationStates,
  waitReasons,
  type Webhook,
} from '../model/webhook.ts'
import type { PublicJwk } from '../webhooks/public-keys.ts'
import { resumption } from '../webhooks/switch-webhook.ts'
import { secretRotation } from '../webhooks/rotate-secret.ts'
import type { WebhookVerification } from '../webhooks/verify-url.ts'
import { testRequest, type WebhookTest } from '../webhooks/test-webhook.ts'
import {
  autoDisablePolicy,
  batch,
  circuitPolicy,
  maintenanceWindow,
  newWebhook,
  retryPolicy,
  throttle,
  webhookChanges,
  type webhookSettings,
} from '../webhooks/webhook-input.ts'
import { statusReport } from './analytics.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { attemptFailure } from './attempt-failure.ts'
import { pageQuery } from './query.ts'
import { operation, shownOnce } from './route.ts'

const certificate = z
  .object({
    subject: z.string().meta({ example: 'O=Acme, CN=crm' }),
    expiresAt: z.iso.datetime(),
    fingerprint: z.string().meta({ description: 'The SHA-256 of the certificate' }),
  })
  .meta({ id: 'Certificate' })

const webhookFields = z.object({
  id: z.string(),
  organizationId: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  url: z.string(),
  eventTypes: z.array(z.string()).meta({ description: '`contact.created`, or `contact.*`. Empty means all' }),
  channels: z.array(z.string()).meta({ description: 'Only events that carry one of them. Empty means all' }),
  filter: z.record(z.string(), z.unknown()).nullable(),
  format: z.enum(payloadFormats),
  mapping: z.record(z.string(), z.unknown()).nullable(),
  headerNames: z
    .array(z.string())
    .meta({ description: 'Names of the custom headers; the values are never shown' }),
  bodySignature: z.enum(bodySignatures),
  retry: retryPolicy.nullable(),
  timeoutMs: z.int().nullable(),
  concurrency: z.int().nullable(),
  throttle: throttle.nullable(),
  ordered: z.boolean(),
  traceContext: z.boolean(),
  batch: batch.nullable(),
  maintenance: z.array(maintenanceWindow),
  authenticationType: z.enum(authenticationTypes).nullable(),
  tlsCertificates: z
    .object({ ca: z.array(certificate), client: certificate.nullable() })
    .nullable()
    .meta({
      description:
        'The authorities that it trusts in place of the public ones, and the certificate that it shows to its receiver',
    }),
  circuit: circuitPolicy.or(z.literal(false)).nullable(),
  autoDisable: autoDisablePolicy.or(z.literal(false)).nullable(),
  circuitState: z
    .enum(circuitStates)
    .meta({ description: '`open`: its deliveries wait; `half_open`: one is on its way to find out more' }),
  waitsUntil: dateTime.nullable().meta({ description: 'Nothing is sent before then' }),
  waitsFor: z.enum(waitReasons).nullable(),
  rotateSecretEveryDays: z.int().nullable(),
  rotateSecretAt: dateTime.nullable(),
  secretRotatedAt: dateTime.nullable(),
  publicKey: z.string().nullable().meta({
    description:
      'Verifies the `v1a` signatures that requests carry beside those by the secret; null: there are none',
  }),
  previousSecretEndsAt: dateTime
    .nullable()
    .meta({ description: 'Until when requests are signed with the former secret too' }),
  verification: z.enum(verificationStates).nullable().meta({
    description:
      'Whether its URL has answered a challenge; `pending`: its deliveries wait for that; null: it was not asked',
  }),
  verifiedAt: dateTime.nullable(),
  enabled: z.boolean(),
  disabledReason: z.enum(disabledReasons).nullable(),
  disabledAt: dateTime.nullable(),
  createdAt: dateTime,
  updatedAt: dateTime,
}) satisfies z.ZodType<Json<Webhook>>

const webhook = webhookFields.meta({ id: 'Webhook' })

const secretIsElsewhere = 'Its secret is shown once more by POST /webhooks/{id}/reveal-secret'

export const createWebhook = operation({
  id: 'createWebhook',
  body: newWebhook.meta({ id: 'NewWebhook' }),
  status: 201,
  answer: webhookFields
    .extend({
      secret: z.string().meta({ description: 'What deliveries are signed with. Later answers leave it out' }),
    })
    .meta({ id: 'CreatedWebhook' }),
  repeated: shownOnce('webhook', secretIsElsewhere),
  async handle({ leadhooks, actor, organizationId, body }) {
    const { webhook, secret } = await leadhooks.webhooks.create({ organizationId, actor, ...body })
    return { ...webhook, secret }
  },
})

export const listWebhooks = operation({
  id: 'listWebhooks',
  query: pageQuery,
  answer: listOf(webhook),
  handle: ({ leadhooks, organizationId, query }) => leadhooks.webhooks.list({ organizationId, ...query }),
})

export const getWebhook = operation({
  id: 'getWebhook',
  answer: webhook,
  handle: ({ leadhooks, scoped }) => leadhooks.webhooks.get(scoped),
})

export const updateWebhook = operation({
  id: 'updateWebhook',
  body: webhookChanges.meta({ id: 'WebhookChanges' }),
  answer: webhook,
  handle: ({ leadhooks, actor, scoped, body }) => leadhooks.webhooks.update({ ...scoped, actor, ...body }),
})

// What a replacement sets back where it says nothing. The secret is no setting, and stays; so does a webhook that was switched off.
const defaults: Omit<z.input<typeof webhookSettings>, 'url' | 'enabled'> = {
  name: null,
  description: null,
  eventTypes: [],
  channels: [],
  filter: null,
  format: 'leadhooks',
  mapping: null,
  headers: {},
  bodySignature: 'sha256=',
  retry: null,
  timeoutMs: null,
  concurrency: null,
  throttle: null,
  ordered: false,
  traceContext: false,
  batch: null,
  maintenance: [],
  authentication: null,
  tls: null,
  circuit: null,
  autoDisable: null,
  rotateSecretEveryDays: null,
  asymmetricSigning: false,
}

export const replaceWebhook = operation({
  id: 'replaceWebhook',
  body: webhookChanges.required({ url: true }).meta({
    id: 'WebhookReplacement',
    description: 'What is left out gets its default; the secret stays, and so does whether it is enabled',
  }),
  answer: webhook,
  handle: ({ leadhooks, actor, scoped, body }) =>
    leadhooks.webhooks.update({ ...scoped, actor, ...defaults, ...body }),
})

export const deleteWebhook = operation({
  id: 'deleteWebhook',
  answer: null,
  handle: ({ leadhooks, actor, scoped }) => leadhooks.webhooks.delete({ ...scoped, actor }),
})

export const enableWebhook = operation({
  id: 'enableWebhook',
  body: resumption.optional().meta({ id: 'Resumption' }),
  answer: webhook,
  handle: ({ leadhooks, actor, scoped, body }) => leadhooks.webhooks.enable({ ...scoped, actor, ...body }),
})

export const disableWebhook = operation({
  id: 'disableWebhook',
  answer: webhook,
  handle: ({ leadhooks, actor, scoped }) => leadhooks.webhooks.disable({ ...scoped, actor }),
})

export const revealSecret = operation({
  id: 'revealWebhookSecret',
  answer: z
    .object({ secret: z.string().meta({ description: 'What deliveries are signed with' }) })
    .meta({ id: 'RevealedSecret' }),
  repeated: 'anew',
  handle: ({ leadhooks, actor, scoped }) => leadhooks.webhooks.revealSecret({ ...scoped, actor }),
})

export const rotateSecret = operation({
  id: 'rotateWebhookSecret',
  body: secretRotation.meta({ id: 'SecretRotation' }),
  answer: webhookFields
    .extend({ secret: z.string().meta({ description: 'What deliveries are signed with from now on' }) })
    .meta({ id: 'RotatedSecret' }),
  repeated: shownOnce('webhook', secretIsElsewhere),
  async handle({ leadhooks, actor, scoped, body }) {
    const { webhook, secret } = await leadhooks.webhooks.rotateSecret({ ...scoped, actor, ...body })
    return { ...webhook, secret }
  },
})

/** Keys change rarely, and the former one verifies for as long as its grace lasts. */
const keysLiveSeconds = 300

export const showPublicKeys = operation({
  id: 'getWebhookPublicKeys',
  cacheSeconds: keysLiveSeconds,
  answer: z
    .object({
      keys: z.array(
        z.object({
          kty: z.literal('OKP'),
          crv: z.literal('Ed25519'),
          alg: z.literal('EdDSA'),
          use: z.literal('sig'),
          kid: z.string().meta({ description: 'The thumbprint of the key (RFC 7638)' }),
          x: z.string().meta({ description: 'The key in base64url' }),
        }) satisfies z.ZodType<PublicJwk>,
      ),
    })
    .meta({ id: 'PublicKeys' }),
  handle: ({ leadhooks, scoped: { id } }) => leadhooks.webhooks.publicKeys({ id }),
})

export const showHealth = operation({
  id: 'getWebhookHealth',
  answer: webhookFields
    .pick({
      enabled: true,
      disabledReason: true,
      disabledAt: true,
      circuitState: true,
      waitsFor: true,
      waitsUntil: true,
    })
    .extend({ consecutiveFailures: z.int(), failingSince: dateTime.nullable(), ...statusReport.shape })
    .meta({ id: 'WebhookHealth' }),
  handle: ({ leadhooks, scoped }) => leadhooks.webhooks.health(scoped),
})

const phaseMs = z.number().nullable()

const webhookTest = z
  .object({
    outcome: z.enum(['succeeded', 'failed']),
    failure: attemptFailure.nullable(),
    message: z
      .string()
      .meta({ description: 'The verdict, for people: what happened, and what to do about it' }),
    request: z.object({
      method: z.literal('POST'),
      url: z.string(),
      headers: z
        .record(z.string(), z.string())
        .meta({ description: 'The values of custom headers are hidden' }),
      body: z.string(),
    }),
    signedContent: z.string().meta({ description: 'What `webhook-signature` is the HMAC of' }),
    response: z
      .object({
        statusCode: z.int(),
        headers: z.record(z.string(), z.string().or(z.array(z.string()))),
        body: z.string().meta({ description: 'The first 64 KiB' }),
      })
      .nullable(),
    timings: z
      .object({
        dnsMs: phaseMs,
        connectMs: phaseMs,
        tlsMs: phaseMs,
        firstByteMs: phaseMs,
        totalMs: z.number(),
      })
      .nullable()
      .meta({ description: 'How long each phase took; null for an address that is not allowed' }),
  })
  .meta({ id: 'WebhookTest' }) satisfies z.ZodType<Json<WebhookTest>>

export const testWebhook = operation({
  id: 'testWebhook',
  body: testRequest.optional().meta({ id: 'WebhookTestRequest' }),
  answer: webhookTest,
  repeated: 'anew',
  handle: ({ leadhooks, scoped, body }) => leadhooks.webhooks.test({ ...scoped, ...body }),
})

export const verifyWebhook = operation({
  id: 'verifyWebhook',
  answer: z
    .object({
      verified: z.boolean(),
      failure: attemptFailure.nullable(),
      message: z.string().meta({ description: 'What happened, and what to do about it, for people' }),
      webhook,
    })
    .meta({ id: 'WebhookVerification' }) satisfies z.ZodType<Json<WebhookVerification>>,
  repeated: 'anew',
  handle: ({ leadhooks, actor, scoped }) => leadhooks.webhooks.verify({ ...scoped, actor }),
})
