import { createBodySigner, createSigner, type Signer } from '@leadhooks/verify-signature'
import type { Context } from '../context.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import {
  openAuthorization,
  openHeaders,
  openOAuth2,
  openPreviousSecret,
  openPrivateKeys,
  openSecret,
  openTls,
} from '../webhooks/credentials.ts'
import type { TlsIdentity } from '../network/tls-identity.ts'
import { type AccessTokens, createAccessTokens } from './access-tokens.ts'
import { secretTexts } from './hide-secrets.ts'
import { userAgent } from './user-agent.ts'

/** What every request to a webhook has in common, worked out once: its secret opened, its headers laid out. */
export interface DeliveryTarget {
  url: URL
  keys: SigningKeys
  /** What requests are signed with while the former secret still counts; null when there is none. */
  grace: { keys: SigningKeys; endsAt: number } | null
  /** Names and values in turn. */
  headers: readonly string[]
  /** What of the headers nobody is shown again. */
  secrets: readonly string[]
  /** What its requests carry as `Authorization`, where that has to be fetched first. */
  accessTokens: AccessTokens | null
  tls: TlsIdentity | undefined
  timeoutMs: number
}

export interface SigningKeys {
  /** The value of `webhook-signature`. */
  sign: Signer
  /** The value of `X-Webhook-Signature`; null where the webhook has it off. */
  signBody: ((body: string) => string) | null
}

const rememberedTargets = 10_000

const commonHeaders = ['user-agent', userAgent, 'accept-encoding', 'identity']

/**
 * Targets by webhook, so that a secret is decrypted once and not once per attempt. A webhook that was changed since has
 * another sealed secret, headers or settings, and is worked out anew.
 */
export function createDeliveryTargets(ctx: Context): (webhook: StoredWebhook) => DeliveryTarget {
  const targets = new Map<string, { webhook: StoredWebhook; target: DeliveryTarget }>()

  return (webhook) => {
    const known = targets.get(webhook.id)
    const target =
      known !== undefined && isSame(known.webhook, webhook) ? known.target : deliveryTarget(ctx, webhook)
    // The one that was used longest ago is the first of the map.
    targets.delete(webhook.id)
    targets.set(webhook.id, { webhook, target })
    if (targets.size > rememberedTargets) forgetOldest(targets)
    return target
  }
}

function isSame(a: StoredWebhook, b: StoredWebhook): boolean {
  return (
    a === b ||
    (a.sealedSecret === b.sealedSecret &&
      a.sealedPreviousSecret === b.sealedPreviousSecret &&
      a.previousSecretEndsAt?.getTime() === b.previousSecretEndsAt?.getTime() &&
      a.sealedPrivateKey === b.sealedPrivateKey &&
      a.sealedPreviousPrivateKey === b.sealedPreviousPrivateKey &&
      a.sealedHeaders === b.sealedHeaders &&
      a.sealedAuthentication === b.sealedAuthentication &&
      a.sealedTls === b.sealedTls &&
      a.traceContext === b.traceContext &&
      a.url === b.url &&
      a.bodySignature === b.bodySignature &&
      a.timeoutMs === b.timeoutMs)
  )
}

function forgetOldest(targets: Map<string, unknown>): void {
  for (const id of targets.keys()) {
    targets.delete(id)
    return
  }
}

/** Throws `undecryptable` when no key opens the webhook's credentials. */
export function deliveryTarget(ctx: Context, webhook: StoredWebhook): DeliveryTarget {
  const secret = openSecret(ctx.encryption, webhook)
  const privateKeys = openPrivateKeys(ctx.encryption, webhook)
  const { headers, secrets } = ownHeaders(ctx, webhook)
  return {
    url: new URL(webhook.url),
    keys: signingKeys([secret, privateKeys.current], secret, webhook),
    grace: graceOf(ctx, webhook, { secret, privateKeys }),
    headers: [...commonHeaders, ...headers],
    secrets,
    accessTokens: accessTokensOf(ctx, webhook),
    tls: openTls(ctx.encryption, webhook),
    timeoutMs: webhook.timeoutMs ?? ctx.settings.delivery.timeoutMs,
  }
}

function accessTokensOf(ctx: Context, webhook: StoredWebhook): AccessTokens | null {
  const credentials = openOAuth2(ctx.encryption, webhook)
  return credentials && createAccessTokens(ctx, credentials)
}

/** Those that the webhook adds. A header of the customer's that authenticates gives way to what was set for that. */
function ownHeaders(ctx: Context, webhook: StoredWebhook): Pick<DeliveryTarget, 'headers' | 'secrets'> {
  const custom = Object.entries(openHeaders(ctx.encryption, webhook)).filter(
    // Stored when they could be: a second one beside ours would be anybody's guess.
    ([name]) => !webhook.traceContext || !/^trace(parent|state)$/i.test(name),
  )
  const values = custom.map(([, value]) => value)
  if (webhook.authenticationType === null) return { headers: custom.flat(), secrets: secretTexts(values) }
  const others = custom.filter(([name]) => name.toLowerCase() !== 'authorization').flat()
  const authorization = openAuthorization(ctx.encryption, webhook)
  if (authorization === null) return { headers: others, secrets: secretTexts(values) }
  const credentials = authorization.slice(authorization.indexOf(' ') + 1)
  return {
    headers: [...others, 'authorization', authorization],
    secrets: secretTexts([...values, credentials, ...userAndPassword(authorization, credentials)]),
  }
}

/** What HTTP basic authentication holds, which anybody can read who sees it. */
function userAndPassword(authorization: string, credentials: string): string[] {
  if (!authorization.startsWith('Basic ')) return []
  const pair = Buffer.from(credentials, 'base64').toString()
  return [pair, pair.slice(pair.indexOf(':') + 1)]
}

interface OpenedKeys {
  secret: string
  privateKeys: ReturnType<typeof openPrivateKeys>
}

/**
 * Both secrets sign, and both keys; the body alone, which has room for one signature, is signed with the one that receivers have had
 * so far.
 */
function graceOf(
  ctx: Context,
  webhook: StoredWebhook,
  { secret, privateKeys }: OpenedKeys,
): DeliveryTarget['grace'] {
  const previous = openPreviousSecret(ctx.encryption, webhook)
  if (previous === null || webhook.previousSecretEndsAt === null) return null
  return {
    keys: signingKeys([secret, previous, privateKeys.current, privateKeys.previous], previous, webhook),
    endsAt: webhook.previousSecretEndsAt.getTime(),
  }
}

function signingKeys(
  secrets: readonly (string | null)[],
  bodySecret: string,
  { bodySignature }: StoredWebhook,
): SigningKeys {
  return {
    sign: createSigner(secrets.filter((secret) => secret !== null)),
    signBody: bodySignature === 'off' ? null : createBodySigner(bodySecret, bodySignature),
  }
}
