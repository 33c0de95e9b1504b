import type { Encryption } from '../encryption.ts'
import type { StoredWebhook } from '../model/webhook.ts'

type Owner = Pick<StoredWebhook, 'organizationId' | 'id'>

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

/** Null when there are no headers. */
export function sealHeaders(
  encryption: Encryption,
  owner: Owner,
  headers: Record<string, string>,
): string | null {
  if (Object.keys(headers).length === 0) return null
  return encryption.seal(JSON.stringify(headers), identity('webhook-headers', owner))
}

/** The same credentials, sealed with the current key. */
export function sealAnew(
  encryption: Encryption,
  webhook: StoredWebhook,
): Pick<StoredWebhook, 'sealedSecret' | 'sealedPreviousSecret' | 'sealedHeaders'> {
  const previous = openPreviousSecret(encryption, webhook)
  return {
    sealedSecret: sealSecret(encryption, webhook, openSecret(encryption, webhook)),
    sealedPreviousSecret: previous && sealSecret(encryption, webhook, previous),
    sealedHeaders: sealHeaders(encryption, webhook, openHeaders(encryption, webhook)),
  }
}

export function openHeaders(encryption: Encryption, webhook: StoredWebhook): Record<string, string> {
  if (webhook.sealedHeaders === null) return {}
  const headers: Record<string, string> = JSON.parse(
    encryption.open(webhook.sealedHeaders, identity('webhook-headers', webhook)),
  )
  return headers
}
