import { generateSecret } from '@leadhooks/verify-signature'
import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { maxAgeMs } from '../deliveries/retry-schedule.ts'
import { checkFilter } from '../events/event-filter.ts'
import { checkMapping } from '../events/payload-mapping.ts'
import { newWebhookId } from '../ids.ts'
import { organizationId, parseInput } from '../input.ts'
import type { StoredWebhook, Webhook } from '../model/webhook.ts'
import { checkCustomHeaders } from '../network/custom-headers.ts'
import { checkWebhookUrl } from '../network/url-policy.ts'
import { auditWebhook } from './audit-webhook.ts'
import { sealAuthentication, sealHeaders, sealSecret, sealTls } from './credentials.ts'
import { checkAuthentication, checkEventTypes, checkSecret } from './checks.ts'
import { newSigningKey, noSigningKeys } from './signing-key.ts'
import { nextRotation } from './next-rotation.ts'
import { showWebhook } from './show-webhook.ts'
import { checkTls } from './tls-settings.ts'
import { notVerified, unproven } from './url-verification.ts'
import { challengeUrl } from './verify-url.ts'
import { newWebhook } from './webhook-input.ts'

const createInput = newWebhook.extend({ organizationId, actor })
export type CreateWebhookInput = z.input<typeof createInput>

/**
 * Registers a URL. The answer is the one place that shows the signing secret. Where URLs are to be verified, it waits for that of
 * the receiver, ten seconds at most.
 */
export async function createWebhook(
  ctx: Context,
  input: CreateWebhookInput,
): Promise<{ webhook: Webhook; secret: string }> {
  const { headers = {}, secret = generateSecret(), actor, ...settings } = parseInput(createInput, input)
  const url = checkWebhookUrl(ctx.network, settings.url)
  const authentication = checkAuthentication(ctx.network, settings.authentication ?? null)
  const tls = settings.tls ? checkTls(ctx.network, settings.tls, ctx.clock.now()) : null
  checkCustomHeaders(headers)
  checkSecret(secret)
  await checkEventTypes(ctx, settings.organizationId, settings.eventTypes ?? [])
  checkFilter(settings.filter ?? {})
  checkMapping(settings.mapping ?? {})

  const now = new Date(ctx.clock.now())
  const owner = { organizationId: settings.organizationId, id: newWebhookId(now.getTime()) }
  const { enabled = true, retry = null, rotateSecretEveryDays = null } = settings
  const webhook: StoredWebhook = {
    ...owner,
    name: settings.name ?? null,
    description: settings.description ?? null,
    url,
    eventTypes: settings.eventTypes ?? [],
    channels: settings.channels ?? [],
    filter: settings.filter ?? null,
    format: settings.format ?? 'leadhooks',
    mapping: settings.mapping ?? null,
    headerNames: Object.keys(headers),
    bodySignature: settings.bodySignature ?? 'sha256=',
    retry,
    timeoutMs: settings.timeoutMs ?? null,
    concurrency: settings.concurrency ?? null,
    throttle: settings.throttle ?? null,
    ordered: settings.ordered ?? false,
    traceContext: settings.traceContext ?? false,
    batch: settings.batch ?? null,
    maintenance: settings.maintenance ?? [],
    authenticationType: authentication && authentication.type,
    tlsCertificates: tls && tls.certificates,
    circuit: settings.circuit ?? null,
    autoDisable: settings.autoDisable ?? null,
    circuitState: 'closed',
    waitsUntil: null,
    waitsFor: null,
    ...(ctx.network.verifyUrls ? unproven : notVerified),
    rotateSecretEveryDays,
    rotateSecretAt: nextRotation(now, rotateSecretEveryDays),
    secretRotatedAt: null,
    previousSecretEndsAt: null,
    enabled,
    disabledReason: enabled ? null : 'by_user',
    disabledAt: enabled ? null : now,
    createdAt: now,
    updatedAt: now,
    sealedSecret: sealSecret(ctx.encryption, owner, secret),
    sealedPreviousSecret: null,
    ...noSigningKeys,
    ...(settings.asymmetricSigning === true && newSigningKey(ctx.encryption, owner)),
    sealedHeaders: sealHeaders(ctx.encryption, owner, headers),
    sealedAuthentication: sealAuthentication(ctx.encryption, owner, authentication),
    sealedTls: sealTls(ctx.encryption, owner, tls && tls.pems),
    organizationMaintenance: [],
    maxAgeMs: retry && maxAgeMs(retry),
    health: null,
  }
  await ctx.storage.insertWebhook(webhook, auditWebhook(ctx, 'webhook.created', actor, webhook))
  if (webhook.verification !== 'pending') return { webhook: showWebhook(webhook), secret }
  return { webhook: (await challengeUrl(ctx, webhook, actor)).webhook, secret }
}
