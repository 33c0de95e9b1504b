import { z } from 'zod'
import { bodySignatures, type Webhook } from '../model/webhook.ts'
import { newWebhook, retryPolicy, webhookChanges, type webhookSettings } from '../webhooks/webhook-input.ts'
import { dateTime, type Json, listOf } from './answers.ts'
import { pageQuery } from './query.ts'
import { operation } from './route.ts'

const webhookFields = z.object({
  id: z.string(),
  organizationId: z.string(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  url: z.string(),
  eventTypes: z.array(z.string()).meta({ description: '`contact.created`, or `contact.*`. Empty means all' }),
  headerNames: z
    .array(z.string())
    .meta({ description: 'Names of the custom headers; the values are never shown' }),
  bodySignature: z.enum(bodySignatures),
  retry: retryPolicy.nullable(),
  timeoutMs: z.int().nullable(),
  concurrency: z.int().nullable(),
  enabled: z.boolean(),
  disabledReason: z.enum(['by_user', 'gone']).nullable(),
  disabledAt: dateTime.nullable(),
  createdAt: dateTime,
  updatedAt: dateTime,
}) satisfies z.ZodType<Json<Webhook>>

const webhook = webhookFields.meta({ id: 'Webhook' })

export const createWebhook = operation({
  id: 'createWebhook',
  body: newWebhook.meta({ id: 'NewWebhook' }),
  status: 201,
  answer: webhookFields
    .extend({
      secret: z.string().meta({ description: 'What deliveries are signed with. Later answers leave it out' }),
    })
    .meta({ id: 'CreatedWebhook' }),
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

// What a replacement sets back where it says nothing; the secret is no setting and stays.
const defaults: Omit<z.input<typeof webhookSettings>, 'url'> = {
  name: null,
  description: null,
  eventTypes: [],
  headers: {},
  bodySignature: 'sha256=',
  retry: null,
  timeoutMs: null,
  concurrency: null,
  enabled: true,
}

export const replaceWebhook = operation({
  id: 'replaceWebhook',
  body: webhookChanges.required({ url: true }).meta({
    id: 'WebhookReplacement',
    description: 'What is left out gets its default; the secret stays',
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
  answer: webhook,
  handle: ({ leadhooks, actor, scoped }) => leadhooks.webhooks.enable({ ...scoped, actor }),
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
  handle: ({ leadhooks, actor, scoped }) => leadhooks.webhooks.revealSecret({ ...scoped, actor }),
})
