import { createHash } from 'node:crypto'
import type { Encryption } from '../encryption.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { TlsIdentity } from '../network/tls-identity.ts'
import type { Authentication, OAuth2 } from './webhook-input.ts'

export type Owner = Pick<StoredWebhook, 'organizationId' | 'id'>

// What is authenticated with each sealed value: whose it is, and what for.
const identity = (purpose: string, { organizationId, id }: Owner): string =>
  JSON.stringify([purpose, organizationId, id])

export function sealSecret(encryption: Encryption, owner: Owner, secret: string): string {
  return encryption.seal(secret, identity('webhook-secret', owner))
}

export function openSecret(encryption: Encryption, webhook: StoredWebhook): string {
  return encryption.open(webhook.sealedSecret, identity('webhook-secret', webhook))
}

/** The former secret, which is sealed as the current one is: it was that once. Null when there is none. */
export function openPreviousSecret(encryption: Encryption, webhook: StoredWebhook): string | null {
  const { sealedPreviousSecret } = webhook
  return sealedPreviousSecret && encryption.open(sealedPreviousSecret, identity('webhook-secret', webhook))
}

export function sealPrivateKey(encryption: Encryption, owner: Owner, privateKey: string): string {
  return encryption.seal(privateKey, identity('webhook-private-key', owner))
}

/** Those that requests are signed with beside the secrets; null where there is none. */
export function openPrivateKeys(
  encryption: Encryption,
  webhook: StoredWebhook,
): { current: string | null; previous: string | null } {
  const open = (sealed: string | null): string | null =>
    sealed && encryption.open(sealed, identity('webhook-private-key', webhook))
  return { current: open(webhook.sealedPrivateKey), previous: open(webhook.sealedPreviousPrivateKey) }
}

/** Null when there are no headers. */
export function sealHeaders(
  encryption: Encryption,
  owner: Owner,
  headers: Record<string, string>,
): string | null {
  if (Object.keys(headers).length === 0) return null
  return encryption.seal(JSON.stringify(headers), identity('webhook-headers', owner))
}

/** Null when there is none. */
export function sealAuthentication(
  encryption: Encryption,
  owner: Owner,
  authentication: Authentication | null,
): string | null {
  if (authentication === null) return null
  const value =
    authentication.type === 'oauth2' ? JSON.stringify(authentication) : authorizationOf(authentication)
  return encryption.seal(value, identity('webhook-authentication', owner))
}

/** The value of `Authorization`; null when there is none, or a token has to be fetched first. */
export function openAuthorization(encryption: Encryption, webhook: StoredWebhook): string | null {
  return webhook.authenticationType === 'oauth2' ? null : openAuthentication(encryption, webhook)
}

/** What tokens are fetched with; null when none are needed. */
export function openOAuth2(encryption: Encryption, webhook: StoredWebhook): OAuth2 | null {
  const opened = webhook.authenticationType === 'oauth2' ? openAuthentication(encryption, webhook) : null
  if (opened === null) return null
  const credentials: OAuth2 = JSON.parse(opened)
  return credentials
}

function openAuthentication(encryption: Encryption, webhook: StoredWebhook): string | null {
  const { sealedAuthentication } = webhook
  return (
    sealedAuthentication && encryption.open(sealedAuthentication, identity('webhook-authentication', webhook))
  )
}

/** By RFC 7617 and RFC 6750. */
function authorizationOf(authentication: Exclude<Authentication, OAuth2>): string {
  if (authentication.type === 'bearer') return `Bearer ${authentication.token}`
  const { username, password } = authentication
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Null when there are none. */
export function sealTls(
  encryption: Encryption,
  owner: Owner,
  pems: Omit<TlsIdentity, 'id'> | null,
): string | null {
  return pems && encryption.seal(JSON.stringify(pems), identity('webhook-tls', owner))
}

/** Whom the webhook trusts, and as whom it connects; undefined where it has nothing of its own. */
export function openTls(encryption: Encryption, webhook: StoredWebhook): TlsIdentity | undefined {
  const { sealedTls } = webhook
  if (sealedTls === null) return undefined
  const opened = encryption.open(sealedTls, identity('webhook-tls', webhook))
  const pems: Omit<TlsIdentity, 'id'> = JSON.parse(opened)
  return { ...pems, id: createHash('sha256').update(opened).digest('base64') }
}

/** The same credentials, sealed with the current key. */
export function sealAnew(
  encryption: Encryption,
  webhook: StoredWebhook,
): Pick<StoredWebhook, Extract<keyof StoredWebhook, `sealed${string}`>> {
  const previous = openPreviousSecret(encryption, webhook)
  const privateKeys = openPrivateKeys(encryption, webhook)
  const authentication = openAuthentication(encryption, webhook)
  const tls = openTls(encryption, webhook)
  const sealKey = (key: string | null): string | null => key && sealPrivateKey(encryption, webhook, key)
  return {
    sealedSecret: sealSecret(encryption, webhook, openSecret(encryption, webhook)),
    sealedPreviousSecret: previous && sealSecret(encryption, webhook, previous),
    sealedPrivateKey: sealKey(privateKeys.current),
    sealedPreviousPrivateKey: sealKey(privateKeys.previous),
    sealedHeaders: sealHeaders(encryption, webhook, openHeaders(encryption, webhook)),
    sealedAuthentication:
      authentication && encryption.seal(authentication, identity('webhook-authentication', webhook)),
    sealedTls: sealTls(encryption, webhook, tls === undefined ? null : pemsOf(tls)),
  }
}

function pemsOf({ ca, certificate, privateKey }: TlsIdentity): Omit<TlsIdentity, 'id'> {
  return { ca, certificate, privateKey }
}

export function openHeaders(encryption: Encryption, webhook: StoredWebhook): Record<string, string> {
  if (webhook.sealedHeaders === null) return {}
  const headers: Record<string, string> = JSON.parse(
    encryption.open(webhook.sealedHeaders, identity('webhook-headers', webhook)),
  )
  return headers
}
