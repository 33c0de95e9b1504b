import { z } from 'zod'
import { accessOf, isGranted } from '../api-keys/permissions.ts'
import type { Verification, VerifyOptions } from '../api-keys/verify-api-key.ts'
import { type ErrorCode, LeadhooksError } from '../errors.ts'
import { organizationId } from '../input.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { Actor } from '../model/actor.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { LimitDecision } from '../rate-limit/rate-limiter.ts'
import type { AuthorizedCaller, Caller, FetchOptions } from './caller.ts'

type Refused = Exclude<Extract<Verification, { ok: false }>['reason'], 'forbidden' | 'rate_limited'>

const refusals: Record<Refused, [code: ErrorCode, message: string]> = {
  malformed: [
    'api_key_malformed',
    'This is not an API key of this API: look for characters that are missing or too many',
  ],
  unknown: ['api_key_unknown', 'There is no such API key'],
  revoked: ['api_key_revoked', 'This API key was revoked'],
  disabled: ['api_key_disabled', 'This API key is switched off'],
  expired: ['api_key_expired', 'This API key has expired'],
  wrong_environment: ['api_key_wrong_environment', 'This API key is for another environment'],
  ip_not_allowed: ['ip_not_allowed', 'This API key may not be used from this address'],
}

/** What verifies a token: a Leadhooks, or as much of it. */
export interface KeyVerifier {
  apiKeys: Pick<Leadhooks['apiKeys'], 'verify'>
}

export type KeyCheck =
  | { ok: true; apiKey: ApiKey; limits: LimitDecision | undefined }
  | { ok: false; refusal: LeadhooksError }

/** Checks the API key of a request. A key that is missing, bad or too weak is a value, ready to be answered as a problem. */
export async function checkApiKey(
  leadhooks: KeyVerifier,
  header: (name: string) => string | null | undefined,
  options: VerifyOptions,
): Promise<KeyCheck> {
  const token = readToken(header)
  if (token === null) return { ok: false, refusal: missingKey() }
  const userAgent = options.userAgent ?? header('user-agent') ?? undefined
  const verification = await leadhooks.apiKeys.verify(token, { ...options, userAgent })
  if (verification.ok) return verification
  return { ok: false, refusal: refusalOf(verification, options) }
}

function refusalOf(
  verification: Extract<Verification, { ok: false }>,
  { permissions = [], anyOf = [] }: VerifyOptions,
): LeadhooksError {
  if (verification.reason === 'forbidden') return forbidden(permissions, anyOf)
  if (verification.reason === 'rate_limited') return rateLimited(verification.limits)
  return new LeadhooksError(...refusals[verification.reason])
}

/**
 * Finds out who is calling and whether they may. A caller is who the API key says, else who the host says, else nobody.
 * Throws the refusal.
 */
export async function authenticate(
  leadhooks: KeyVerifier,
  request: Request,
  required: VerifyOptions & { permissions: readonly string[] },
  authorize: FetchOptions['authorize'],
): Promise<Caller> {
  const header = (name: string): string | null => request.headers.get(name)
  const from = { ip: required.ip, userAgent: header('user-agent') ?? undefined }
  const check = await checkApiKey(leadhooks, header, required)
  if (check.ok) {
    const { apiKey, limits } = check
    const actor: Actor = { type: 'api_key', id: apiKey.id, ...from }
    const { organizationId } = apiKey
    return { actor, organizationId, access: accessOf(apiKey), hasApiKey: true, isStaff: false, limits }
  }
  // A bearer token that is none of ours may be the host's own: a JWT, say.
  const mayBeTheHosts = check.refusal.code === 'api_key_missing' || check.refusal.code === 'api_key_malformed'
  const authorized = mayBeTheHosts ? await authorize?.(request) : undefined
  if (authorized === undefined || authorized === null) throw check.refusal
  const caller = toCaller(authorized, from)
  const { permissions } = required
  if (!permissions.every((permission) => isGranted(caller.access, permission))) throw forbidden(permissions)
  return caller
}

function readToken(header: (name: string) => string | null | undefined): string | null {
  const [, bearer] = /^Bearer +(\S.*)$/i.exec(header('authorization') ?? '') ?? []
  return header('x-api-key') ?? bearer?.trimEnd() ?? null
}

const authorizedCaller = z.object({
  actor: z.string(),
  organizationId,
  permissions: z.array(z.string()).default(['*']),
})

function toCaller(authorized: AuthorizedCaller, from: Pick<Actor, 'ip' | 'userAgent'>): Caller {
  const result = authorizedCaller.safeParse(authorized)
  if (!result.success) {
    const message = '`authorize` must answer { actor, organizationId, permissions? } or null'
    throw new LeadhooksError('invalid_options', message, { cause: result.error })
  }
  const { actor: id, organizationId, permissions } = result.data
  const actor: Actor = { type: 'user', id, ...from }
  return {
    actor,
    organizationId,
    access: { permissions, except: [] },
    hasApiKey: false,
    isStaff: organizationId === '*',
    limits: undefined,
  }
}

function missingKey(): LeadhooksError {
  const message = 'Send an API key as `Authorization: Bearer …` or `X-API-Key: …`'
  return new LeadhooksError('api_key_missing', message)
}

function forbidden(permissions: readonly string[], anyOf: readonly string[] = []): LeadhooksError {
  const names = (list: readonly string[]): string[] => list.map((permission) => `"${permission}"`)
  const needed = [...names(permissions), ...(anyOf.length === 0 ? [] : [`one of ${names(anyOf).join(', ')}`])]
  return new LeadhooksError('forbidden', `This needs the permission ${needed.join(' and ')}`)
}

function rateLimited(limits: LimitDecision): LeadhooksError {
  const wait = Math.max(1, Math.ceil(limits.retryAfterMs / 1000))
  const names = limits.limits.flatMap(({ name, allowed }) => (allowed ? [] : [`"${name}"`]))
  const which = names.length === 0 ? 'The rate limit' : `The rate limit ${names.join(' and ')}`
  return new LeadhooksError('rate_limited', `${which} is used up: try again in ${wait} s`, { limits })
}
