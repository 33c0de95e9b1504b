import type { NetworkPolicy } from '../network/network-policy.ts'
import { checkWebhookUrl } from '../network/url-policy.ts'
import type { Authentication } from './webhook-input.ts'
import { LeadhooksError } from '../errors.ts'
import type { Context } from '../context.ts'
import { matchingPatterns, unknownEventType } from '../events/event-catalogue.ts'
import { listTypes } from '../events/event-types.ts'

/** Refuses event types that are neither in the catalogue nor registered, and patterns that match none of these. */
export async function checkEventTypes(
  ctx: Context,
  organizationId: string,
  eventTypes: readonly string[],
): Promise<void> {
  const { catalogue } = ctx
  if (catalogue === undefined) return
  const inCode = new Set(Object.keys(catalogue).flatMap(matchingPatterns))
  if (eventTypes.every((type) => inCode.has(type))) return
  const types = await listTypes(ctx, { organizationId })
  const known = new Set(types.flatMap(({ name }) => matchingPatterns(name)))
  eventTypes.forEach((type, index) => {
    if (!known.has(type)) throw unknownEventType(catalogue, type, `/eventTypes/${index}`)
  })
}

/** The URL that tokens come from is called too: the rules for the URL of a webhook hold for it. */
export function checkAuthentication(
  network: NetworkPolicy,
  authentication: Authentication | null,
): Authentication | null {
  if (authentication?.type !== 'oauth2') return authentication
  return { ...authentication, tokenUrl: checkWebhookUrl(network, authentication.tokenUrl) }
}

/** A secret that the caller brings must be as strong as one of ours: `whsec_` and 24 to 64 bytes (Standard Webhooks). */
export function checkSecret(secret: string): void {
  const encoded = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : ''
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === encoded) return
  const message =
    'The secret must be "whsec_" and 24 to 64 random bytes in base64; leave it out and one is made'
  throw new LeadhooksError('invalid_request', message, { issues: [{ pointer: '/secret', message }] })
}
