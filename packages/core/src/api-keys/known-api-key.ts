import type { ApiKey } from '../model/api-key.ts'
import type { RateLimit } from '../model/rate-limit.ts'
import type { LimitCheck } from '../rate-limit/rate-limiter.ts'
import type { Settings } from '../options.ts'
import type { FoundApiKey } from '../storage/storage.ts'
import { compileAllowList } from './ip-allow-list.ts'
import { grantsOf } from './permissions.ts'
import type { CountedKey } from './usage-recorder.ts'

/**
 * An API key as a token found it, with all that can be worked out once worked out: a check reads little else. What memory is
 * touched for each of many keys counts for more than what is done.
 */
export interface KnownApiKey extends CountedKey {
  /** When the reading of it began: what has changed since then is not in it. */
  readAt: number
  /** The hash that its token is stored under. */
  hash: string
  /** What it is refused for whatever it is asked; null for nothing. */
  standing: 'revoked' | 'disabled' | null
  /** When the token stops working, in milliseconds since the epoch: with the key, or with the grace of a rotation. Null for never. */
  endsAt: number | null
  /** Whether its environment is one of those that the host accepts unless told otherwise. */
  isAccepted: boolean
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
  readAt: number,
  { apiKeys, rateLimits: defaults }: Pick<Settings, 'apiKeys' | 'rateLimits'>,
): KnownApiKey {
  const { id, organizationId, rateLimits, expiresAt, allowedIps } = apiKey
  const limits: LimitCheck[] = []
  for (const limit of rateLimits ?? defaults.perKey) limits.push({ ...limit, key: id })
  if (defaults.perOrganization !== null) limits.push({ ...defaults.perOrganization, key: organizationId })
  return {
    apiKey,
    readAt,
    uses: undefined,
    hash,
    standing: standingOf(apiKey),
    endsAt: earlier(tokenEndsAt, expiresAt),
    isAccepted: apiKeys.environments.includes(apiKey.environment),
    isGranted: grantsOf(apiKey),
    isIpAllowed: compileAllowList(allowedIps),
    limits: limits.length === 0 ? noLimits : limits,
  }
}

const noLimits: readonly LimitCheck[] = []

function standingOf({ revokedAt, enabled }: ApiKey): KnownApiKey['standing'] {
  if (revokedAt !== null) return 'revoked'
  return enabled ? null : 'disabled'
}

function earlier(one: Date | null, other: Date | null): number | null {
  if (one === null || other === null) return (one ?? other)?.getTime() ?? null
  return Math.min(one.getTime(), other.getTime())
}
