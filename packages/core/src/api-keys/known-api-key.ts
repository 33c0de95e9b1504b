import type { ApiKey } from '../model/api-key.ts'
import type { RateLimit } from '../model/rate-limit.ts'
import type { LimitCheck } from '../rate-limit/rate-limiter.ts'
import type { FoundApiKey } from '../storage/storage.ts'
import { compileAllowList } from './ip-allow-list.ts'
import { accessOf, rememberGrants } from './permissions.ts'

/** An API key as a token found it, with all that can be worked out once worked out. */
export interface KnownApiKey {
  apiKey: ApiKey
  /** The hash that its token is stored under. */
  hash: string
  /** When the token stops working, in milliseconds since the epoch: with the key, or with the grace of a rotation. */
  endsAt: number
  isGranted: (permission: string) => boolean
  isIpAllowed: (ip: string | undefined) => boolean
  limits: readonly LimitCheck[]
}

/** The limits of the host, where a key has none of its own; that of its organization holds for all its keys together. */
export interface DefaultLimits {
  perKey: readonly RateLimit[]
  perOrganization: RateLimit | null
}

export function knownApiKey(
  { apiKey, hash, tokenEndsAt }: FoundApiKey,
  defaults: DefaultLimits,
): KnownApiKey {
  const { id, organizationId, rateLimits, expiresAt, allowedIps } = apiKey
  const limits: LimitCheck[] = []
  for (const limit of rateLimits ?? defaults.perKey) limits.push({ ...limit, key: id })
  if (defaults.perOrganization !== null) limits.push({ ...defaults.perOrganization, key: organizationId })
  return {
    apiKey,
    hash,
    endsAt: Math.min(timeOf(tokenEndsAt), timeOf(expiresAt)),
    isGranted: rememberGrants(accessOf(apiKey)),
    isIpAllowed: compileAllowList(allowedIps),
    limits,
  }
}

function timeOf(date: Date | null): number {
  return date?.getTime() ?? Number.POSITIVE_INFINITY
}
