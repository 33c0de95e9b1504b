import { z } from 'zod'
import { accessOf, isGranted } from '../api-keys/permissions.ts'
import type { Verification } from '../api-keys/verify-api-key.ts'
import { type ErrorCode, LeadhooksError } from '../errors.ts'
import { organizationId } from '../input.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { AuthorizedCaller, Caller, FetchOptions } from './caller.ts'

type BadKey = Exclude<Extract<Verification, { ok: false }>['reason'], 'forbidden'>

const badKeys: Record<BadKey, [code: ErrorCode, message: string]> = {
  malformed: [
    'api_key_malformed',
    'This is not an API key of this API: look for characters that are missing or too many',
  ],
  unknown: ['api_key_unknown', 'There is no such API key'],
  revoked: ['api_key_revoked', 'This API key was revoked'],
  expired: ['api_key_expired', 'This API key has expired'],
}

/** What verifies a token: a Leadhooks, or as much of it. */
export interface KeyVerifier {
  apiKeys: Pick<Leadhooks['apiKeys'], 'verify'>
}

export type KeyCheck = { ok: true; apiKey: ApiKey } | { ok: false; refusal: LeadhooksError }

/** Checks the API key of a request. A key that is missing, bad or too weak is a value, ready to be answered as a problem. */
export async function checkApiKey(
  leadhooks: KeyVerifier,
  header: (name: string) => string | null | undefined,
  permissions: readonly string[],
): Promise<KeyCheck> {
  const token = readToken(header)
  if (token === null) return { ok: false, refusal: missingKey() }
  const verification = await leadhooks.apiKeys.verify(token, { permissions })
  if (verification.ok) return { ok: true, apiKey: verification.apiKey }
  if (verification.reason === 'forbidden') return { ok: false, refusal: forbidden(permissions) }
  const [code, message] = badKeys[verification.reason]
  return { ok: false, refusal: new LeadhooksError(code, message) }
}

/**
 * Finds out who is calling and whether they may. A caller is who the API key says, else who the host says, else nobody.
 * Throws the refusal.
 */
export async function authenticate(
  leadhooks: KeyVerifier,
  request: Request,
  permission: string,
  authorize: FetchOptions['authorize'],
): Promise<Caller> {
  const check = await checkApiKey(leadhooks, (name) => request.headers.get(name), [permission])
  if (check.ok) {
    const { apiKey } = check
    return { organizationId: apiKey.organizationId, access: accessOf(apiKey), hasApiKey: true }
  }
  // A bearer token that is none of ours may be the host's own: a JWT, say.
  const mayBeTheHosts = check.refusal.code === 'api_key_missing' || check.refusal.code === 'api_key_malformed'
  const authorized = mayBeTheHosts ? await authorize?.(request) : undefined
  if (authorized === undefined || authorized === null) throw check.refusal
  const caller = toCaller(authorized)
  if (!isGranted(caller.access, permission)) throw forbidden([permission])
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

function toCaller(authorized: AuthorizedCaller): Caller {
  const result = authorizedCaller.safeParse(authorized)
  if (!result.success) {
    const message = '`authorize` must answer { actor, organizationId, permissions? } or null'
    throw new LeadhooksError('invalid_options', message, { cause: result.error })
  }
  const { organizationId, permissions } = result.data
  // Elsewhere `*` stands for all organizations; no route serves that, and it must not become the name of one.
  if (organizationId === '*') {
    throw new LeadhooksError(
      'forbidden',
      'A caller for all organizations ("*") cannot use this: name one organization',
    )
  }
  return { organizationId, access: { permissions, except: [] }, hasApiKey: false }
}

function missingKey(): LeadhooksError {
  const message = 'Send an API key as `Authorization: Bearer …` or `X-API-Key: …`'
  return new LeadhooksError('api_key_missing', message)
}

function forbidden(permissions: readonly string[]): LeadhooksError {
  const names = permissions.map((permission) => `"${permission}"`).join(' and ')
  return new LeadhooksError('forbidden', `This needs the permission ${names}`)
}
