import type { z } from 'zod'
import { actor } from '../audit/audit-of.ts'
import type { Context } from '../context.ts'
import { maxAgeMs } from '../deliveries/retry-schedule.ts'
import { notFound } from '../errors.ts'
import { definedOf, parseInput, scoped } from '../input.ts'
import type { StoredWebhook, Webhook } from '../model/webhook.ts'
import { checkCustomHeaders } from '../network/custom-headers.ts'
import { checkWebhookUrl } from '../network/url-policy.ts'
import type { Scoped, WebhookChanges } from '../storage/storage.ts'
import { auditWebhook } from './audit-webhook.ts'
import { checkFilter } from '../events/event-filter.ts'
import { checkMapping } from '../events/payload-mapping.ts'
import { checkAuthentication, checkEventTypes } from './checks.ts'
import { sealAuthentication, sealHeaders, sealTls } from './credentials.ts'
import { unburdened } from './webhook-health.ts'
import { nextRotation } from './next-rotation.ts'
import { newSigningKey, noSigningKeys } from './signing-key.ts'
import { showWebhook } from './show-webhook.ts'
import { checkTls } from './tls-settings.ts'
import { awaitingProof, notVerified, unproven } from './url-verification.ts'
import { challengeUrl } from './verify-url.ts'
import { webhookChanges } from './webhook-input.ts'

const updateInput = webhookChanges.extend({ ...scoped.shape, actor })
export type UpdateWebhookInput = z.input<typeof updateInput>

/** Changes the named settings and no others. Deliveries that wait go on under the new ones. */
export async function updateWebhook(ctx: Context, input: UpdateWebhookInput): Promise<Webhook> {
  const { organizationId, id, actor, ...changes } = parseInput(updateInput, input)
  const webhook = { organizationId, id }
  const audit = auditWebhook(ctx, 'webhook.updated', actor, webhook)
  const { asymmetricSigning, ...others } = changes
  const checked = checkChanges(ctx, webhook, others)
  await checkEventTypes(ctx, organizationId, changes.eventTypes ?? [])
  const updated = await ctx.storage.updateWebhook(
    webhook,
    (current) => ({ ...completed(ctx, checked, current), ...signing(ctx, current, asymmetricSigning) }),
    audit,
  )
  if (updated === null) throw notFound('webhook', id)
  // Deliveries may have waited for what was changed: for being enabled, say.
  ctx.wake()
  if (changes.url === undefined || updated.verification !== 'pending') return showWebhook(updated)
  return (await challengeUrl(ctx, updated, actor)).webhook
}

function checkChanges(
  ctx: Context,
  webhook: Scoped,
  {
    url,
    headers,
    authentication,
    tls,
    eventTypes,
    retry,
    enabled,
    ...plain
  }: Omit<z.output<typeof webhookChanges>, 'asymmetricSigning'>,
): WebhookChanges {
  checkFilter(plain.filter ?? {})
  checkMapping(plain.mapping ?? {})
  const now = new Date(ctx.clock.now())
  const changes: WebhookChanges = { ...definedOf(plain), updatedAt: now }
  if (url !== undefined) changes.url = checkWebhookUrl(ctx.network, url)
  if (headers !== undefined) {
    checkCustomHeaders(headers)
    changes.headerNames = Object.keys(headers)
    changes.sealedHeaders = sealHeaders(ctx.encryption, webhook, headers)
  }
  if (authentication !== undefined) {
    changes.authenticationType = authentication && authentication.type
    changes.sealedAuthentication = sealAuthentication(
      ctx.encryption,
      webhook,
      checkAuthentication(ctx.network, authentication),
    )
  }
  if (tls !== undefined) {
    const checked = tls && checkTls(ctx.network, tls, now.getTime())
    changes.tlsCertificates = checked && checked.certificates
    changes.sealedTls = sealTls(ctx.encryption, webhook, checked && checked.pems)
  }
  if (eventTypes !== undefined) changes.eventTypes = eventTypes
  if (retry !== undefined) {
    changes.retry = retry
    changes.maxAgeMs = retry && maxAgeMs(retry)
  }
  if (enabled !== undefined) changes.enabled = enabled
  return changes
}

/** A key that there is stays. */
function signing(ctx: Context, current: StoredWebhook, isWanted: boolean | undefined): WebhookChanges {
  if (isWanted === false) return noSigningKeys
  return isWanted === true && current.publicKey === null ? newSigningKey(ctx.encryption, current) : {}
}

/** With what follows from the changes, as the webhook is. */
function completed(ctx: Context, changes: WebhookChanges, current: StoredWebhook): WebhookChanges {
  const { url, waitsFor, secretRotatedAt, createdAt } = current
  const { rotateSecretEveryDays: days } = changes
  const isWaitStale =
    (changes.throttle !== undefined && waitsFor === 'throttled') ||
    (changes.batch !== undefined && waitsFor === 'batching') ||
    (changes.maintenance !== undefined && waitsFor === 'maintenance')
  return {
    ...changes,
    ...switched(changes, current),
    ...(isWaitStale && { waitsUntil: null, waitsFor: null }),
    ...(days !== undefined && { rotateSecretAt: nextRotation(secretRotatedAt ?? createdAt, days) }),
    ...(current.verification === 'pending' && awaitingProof),
    ...(changes.url !== undefined && changes.url !== url && moved(ctx)),
  }
}

/** What is known of the receiver, for it and against it, is known of the one at the old URL. */
function moved(ctx: Context): WebhookChanges {
  return { ...unburdened, ...(ctx.network.verifyUrls ? unproven : notVerified) }
}

/** One that is on already, and told so once more, keeps its waits and what is known of its receiver. */
function switched({ enabled, updatedAt }: WebhookChanges, current: StoredWebhook): WebhookChanges {
  if (enabled === false) return { disabledReason: 'by_user', disabledAt: updatedAt ?? null }
  return enabled === true && !current.enabled ? { disabledReason: null, disabledAt: null, ...unburdened } : {}
}
