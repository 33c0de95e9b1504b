import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { parseInput } from '../input.ts'

const publicKeysInput = z.strictObject({ id: z.string() })
export type PublicKeysInput = z.input<typeof publicKeysInput>

/** A public key as RFC 8037 writes it. */
export interface PublicJwk {
  kty: 'OKP'
  crv: 'Ed25519'
  alg: 'EdDSA'
  use: 'sig'
  /** The thumbprint of the key (RFC 7638). */
  kid: string
  /** The 32 bytes of the key in base64url: what follows `whpk_`, in the other alphabet. */
  x: string
}

/**
 * The keys that verify the `v1a` signatures of a webhook, as a JSON Web Key Set (RFC 7517): the current one, and the former one
 * while its grace lasts. Whoever knows the id of the webhook may have them.
 *
 * Throws `not_found` where there is no such webhook, and where its requests have no such signatures.
 */
export async function readPublicKeys(ctx: Context, input: PublicKeysInput): Promise<{ keys: PublicJwk[] }> {
  const { id } = parseInput(publicKeysInput, input)
  const found = await ctx.storage.findPublicKeys(id)
  if (found === null) throw notFound('webhook', id)
  const { publicKey, previousPublicKey, previousSecretEndsAt } = found
  const isInGrace = previousSecretEndsAt !== null && previousSecretEndsAt.getTime() > ctx.clock.now()
  const keys = [publicKey, isInGrace ? previousPublicKey : null]
  return { keys: keys.filter((key) => key !== null).map(toJwk) }
}

function toJwk(publicKey: string): PublicJwk {
  const x = Buffer.from(publicKey.slice('whpk_'.length), 'base64').toString('base64url')
  const [kty, crv] = ['OKP', 'Ed25519'] as const
  // The members that a thumbprint is made of, in the order of the alphabet.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  return { kty, crv, alg: 'EdDSA', use: 'sig', kid, x }
}
