import { createHash, randomBytes } from 'node:crypto'
import { LeadhooksError } from '@leadhooks/core'
import type { AdminActor } from './admin-actor.ts'

export interface PortalOptions {
  /** How long somebody stays in, at most 24 hours. @default 3600 */
  sessionSeconds?: number | undefined
  /** How long a code can be used, at most an hour. @default 60 */
  codeSeconds?: number | undefined
  /** In ms since 1970; for tests. @default Date.now */
  now?: (() => number) | undefined
}

/** Lets people in who have no session with this server: those of a front end elsewhere, say. */
export interface PortalSessions {
  /** A code that lets somebody in, once. Lead them to the screens with it in the fragment: `/admin/#code=…`, which no log has. */
  createCode(actor: AdminActor): string
  /** Takes a code, and answers the token of a new session; null for a code that was used, is too old, or never was. */
  redeem(code: string): { token: string; seconds: number } | null
  /** Whose session that is; null when it has ended. */
  actorOf(token: string): AdminActor | null
}

interface Kept {
  actor: AdminActor
  until: number
}

const longestSession = 86_400
const longestCode = 3600

/**
 * Codes and sessions in the memory of this process: where there are several, requests of one browser must reach the same one.
 *
 * Throws `invalid_options` for a session of more than a day, or a code that is good for more than an hour.
 */
export function portalSessions({
  sessionSeconds = 3600,
  codeSeconds = 60,
  now = Date.now,
}: PortalOptions = {}): PortalSessions {
  checkSeconds('sessionSeconds', sessionSeconds, longestSession)
  checkSeconds('codeSeconds', codeSeconds, longestCode)
  // By their hashes: how long a look-up takes tells nothing of what would have been found.
  const codes = new Map<string, Kept>()
  const sessions = new Map<string, Kept>()

  function keep(kept: Map<string, Kept>, actor: AdminActor, seconds: number): string {
    for (const [hash, { until }] of kept) if (until <= now()) kept.delete(hash)
    const token = randomBytes(32).toString('base64url')
    kept.set(hashOf(token), { actor, until: now() + seconds * 1000 })
    return token
  }

  function find(kept: Map<string, Kept>, token: string): AdminActor | null {
    const found = kept.get(hashOf(token))
    return found !== undefined && found.until > now() ? found.actor : null
  }

  return {
    createCode: (actor) => keep(codes, actor, codeSeconds),
    redeem(code) {
      const actor = find(codes, code)
      codes.delete(hashOf(code))
      return actor && { token: keep(sessions, actor, sessionSeconds), seconds: sessionSeconds }
    },
    actorOf: (token) => find(sessions, token),
  }
}

function checkSeconds(name: string, seconds: number, most: number): void {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= most) return
  throw new LeadhooksError(
    'invalid_options',
    `portalSessions: \`${name}\` must be a whole number from 1 to ${most}`,
  )
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
