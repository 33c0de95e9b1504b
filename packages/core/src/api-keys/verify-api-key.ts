import type { Context } from '../context.ts'
import { LeadhooksError } from '../errors.ts'
import type { ApiKey, Environment } from '../model/api-key.ts'
import type { LimitDecision } from '../rate-limit/rate-limiter.ts'
import { adoptLegacyKey } from './legacy-keys.ts'
import { type KnownApiKey, knownApiKey } from './known-api-key.ts'
import { parseToken } from './token.ts'

export interface VerifyOptions {
  /** What the key must be allowed to do, all of it. */
  permissions?: readonly string[] | undefined
  /** What the key must be allowed to do, any of it. */
  anyOf?: readonly string[] | undefined
  /** Where the request comes from, behind the proxies that are trusted. A key with an allow-list is refused without it. */
  ip?: string | undefined
  userAgent?: string | undefined
  /** The environment that the key must be of. @default one of those that `apiKeys.environments` accepts */
  environment?: Environment | undefined
  /** How much the request takes of the key's rate limits; 0 for nothing. @default 1 */
  cost?: number | undefined
  /** What is called, by the host's name for it, for the statistics: `GET /contacts/{id}`. */
  route?: string | undefined
}

export type Verification =
  | {
      ok: true
      apiKey: ApiKey
      /** How the rate limits stand after this request; undefined where there are none. */
      limits: LimitDecision | undefined
    }
  | { ok: false; reason: 'malformed' | 'unknown' }
  | {
      ok: false
      reason: 'revoked' | 'disabled' | 'expired' | 'wrong_environment' | 'ip_not_allowed' | 'forbidden'
      apiKey: ApiKey
    }
  | { ok: false; reason: 'rate_limited'; apiKey: ApiKey; limits: LimitDecision }

type Refusal = Exclude<Extract<Verification, { ok: false; apiKey: ApiKey }>['reason'], 'rate_limited'>

const noOptions: VerifyOptions = {}

/**
 * Checks a token. Whatever is wrong with it is a value; only a broken storage and a broken call throw. A key that is cached
 * costs no I/O, one that is not a single statement, and a malformed token not even a hash.
 */
export async function verifyApiKey(
  ctx: Context,
  token: string,
  options: VerifyOptions = noOptions,
): Promise<Verification> {
  checkOptions(options)
  if (typeof token !== 'string' || !isWellFormed(ctx, token)) return malformed
  const name = ctx.tokenHashes.nameOf(token)
  const now = ctx.clock.now()
  const known = ctx.apiKeyCache.get(name, now)
  return known === undefined ? read(ctx, name, token, options) : judge(ctx, known, options, now)
}

async function read(
  ctx: Context,
  name: string,
  token: string,
  options: VerifyOptions,
): Promise<Verification> {
  const known = await ctx.apiKeyCache.load(name, async (readAt) => find(ctx, token, readAt))
  return judge(ctx, known, options, ctx.clock.now())
}

/** At once, unless the limits are counted elsewhere. */
function judge(
  ctx: Context,
  known: KnownApiKey | null,
  options: VerifyOptions,
  now: number,
): Verification | Promise<Verification> {
  if (known === null) return unknown
  const reason = refusalOf(known, options, now)
  if (reason !== null) {
    ctx.apiKeyUsage.record(known, reason, options, now)
    return { ok: false, reason, apiKey: known.apiKey }
  }
  const decision = consumeLimits(ctx, known, options)
  return decision instanceof Promise
    ? withinLimitsLater(ctx, known, options, now, decision)
    : withinLimits(ctx, known, options, now, decision)
}

async function withinLimitsLater(
  ctx: Context,
  known: KnownApiKey,
  options: VerifyOptions,
  now: number,
  decision: Promise<LimitDecision>,
): Promise<Verification> {
  return withinLimits(ctx, known, options, now, await decision)
}

function withinLimits(
  { apiKeyUsage }: Context,
  known: KnownApiKey,
  options: VerifyOptions,
  now: number,
  limits: LimitDecision | undefined,
): Verification {
  const { apiKey } = known
  if (limits !== undefined && !limits.allowed) {
    apiKeyUsage.record(known, 'rate_limited', options, now)
    return { ok: false, reason: 'rate_limited', apiKey, limits }
  }
  apiKeyUsage.record(known, 'ok', options, now)
  return { ok: true, apiKey, limits }
}

const malformed: Verification = { ok: false, reason: 'malformed' }
const unknown: Verification = { ok: false, reason: 'unknown' }

/** A misspelt option must not let everything in. By hand: it is looked at for every request. */
function checkOptions(options: VerifyOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new LeadhooksError('invalid_request', 'apiKeys.verify: the options must be an object')
  for (const option in options) {
    switch (option as keyof VerifyOptions) {
      case 'permissions':
        checkList(option, options.permissions)
        break
      case 'anyOf':
        checkList(option, options.anyOf)
        break
      case 'ip':
      case 'userAgent':
      case 'environment':
      case 'cost':
      case 'route':
        break
      default:
        throw refused(option, 'is not known')
    }
  }
}

function checkList(option: string, value: unknown): void {
  if (value !== undefined && !Array.isArray(value)) throw refused(option, 'must be a list')
}

function refused(option: string, what: string): LeadhooksError {
  return new LeadhooksError('invalid_request', `apiKeys.verify: the option \`${option}\` ${what}`)
}

/** Tokens of another system are admitted by their prefix; what they are worth is for the host to say. */
function isWellFormed({ settings }: Context, token: string): boolean {
  const { prefix, legacyKeys } = settings.apiKeys
  if (parseToken(prefix, token) !== null) return true
  return legacyKeys.some((legacy) => isLegacy(legacy, token))
}

const longestLegacyToken = 500

function isLegacy({ prefix }: { prefix: string }, token: string): boolean {
  return token.startsWith(prefix) && token.length <= longestLegacyToken
}

async function find(ctx: Context, token: string, readAt: number): Promise<KnownApiKey | null> {
  const { settings, storage, tokenHashes } = ctx
  const hashes = tokenHashes.candidates(token)
  const found = await storage.findApiKeyByHash(hashes)
  if (found !== null) {
    // A pepper that came later, or took the place of another: from now on it is found by that.
    if (found.hash !== hashes[0]) await storage.rehashToken(found.hash, tokenHashes.current(token))
    return knownApiKey(found, readAt, settings)
  }
  const legacy = settings.apiKeys.legacyKeys.find((keys) => isLegacy(keys, token))
  const adopted = legacy && (await adoptLegacyKey(ctx, legacy, token))
  return adopted ? knownApiKey(adopted, readAt, settings) : null
}

function refusalOf(
  { apiKey, standing, endsAt, isAccepted, isGranted, isIpAllowed }: KnownApiKey,
  { ip, permissions, anyOf, environment }: VerifyOptions,
  now: number,
): Refusal | null {
  if (standing !== null) return standing
  if (endsAt !== null && endsAt <= now) return 'expired'
  if (environment === undefined ? !isAccepted : environment !== apiKey.environment) return 'wrong_environment'
  if (!isIpAllowed(ip)) return 'ip_not_allowed'
  if (permissions !== undefined && !permissions.every(isGranted)) return 'forbidden'
  if (anyOf !== undefined && !anyOf.some(isGranted)) return 'forbidden'
  return null
}

/** All limits of the key and its organization by one decision: a request that one of them refuses is counted by none. */
function consumeLimits(
  { rateLimiter, storageTime }: Context,
  { apiKey, limits }: KnownApiKey,
  { cost = 1 }: VerifyOptions,
): LimitDecision | Promise<LimitDecision> | undefined {
  if (limits.length === 0 || cost === 0) return undefined
  return rateLimiter.consume(limits, { cost, now: storageTime()?.getTime(), group: apiKey.organizationId })
}
