import type { LimitDecision, LimitState } from '../rate-limit/rate-limiter.ts'

/**
 * How the rate limits of a caller stand, as headers: `RateLimit-Policy` and `RateLimit` as in the drafts 08 to 11 of
 * draft-ietf-httpapi-ratelimit-headers (structured fields, RFC 9651), and for older clients `X-RateLimit-*` by the tightest
 * limit, with the reset in seconds since the epoch. `Retry-After` where a limit was gone over. What is not known, because the
 * store could not be asked, is left out.
 */
export function rateLimitHeaders(
  decision: LimitDecision | undefined,
  now: number = Date.now(),
): Record<string, string> {
  if (decision === undefined) return {}
  const headers = decision.degraded ? {} : stateHeaders(decision, now)
  if (!decision.allowed) headers['retry-after'] = String(Math.max(1, seconds(decision.retryAfterMs)))
  return headers
}

/** With each answer to a guarded request: nothing is made that the headers do not hold. */
function stateHeaders({ limits, allowed }: LimitDecision, now: number): Record<string, string> {
  let tightest: LimitState | undefined
  let policies = ''
  let states = ''
  for (const limit of limits) {
    const separator = tightest === undefined ? '' : ', '
    policies += separator + policy(limit)
    states += separator + state(limit, allowed)
    tightest = tighter(tightest, limit)
  }
  if (tightest === undefined) return {}
  return {
    'ratelimit-policy': policies,
    ratelimit: states,
    'x-ratelimit-limit': String(tightest.limit),
    'x-ratelimit-remaining': String(tightest.remaining),
    'x-ratelimit-reset': String(Math.ceil((now + tightest.resetMs) / 1000)),
  }
}

/** A window that is no whole number of seconds cannot be told, and is left out. */
function policy({ name, limit, windowMs }: LimitState): string {
  return `"${name}";q=${limit}${windowMs % 1000 === 0 ? `;w=${windowMs / 1000}` : ''}`
}

/** `Retry-After` must not come before a `t` beside it: of a refused call only the limits that refused it tell theirs. */
function state({ name, allowed, remaining, resetMs }: LimitState, wasAllowed: boolean): string {
  return `"${name}";r=${remaining}${wasAllowed || !allowed ? `;t=${seconds(resetMs)}` : ''}`
}

/** The one that refused the call, or that has the least left. */
function tighter(known: LimitState | undefined, limit: LimitState): LimitState {
  if (known === undefined) return limit
  if (known.allowed !== limit.allowed) return known.allowed ? limit : known
  if (!limit.allowed) return limit.resetMs > known.resetMs ? limit : known
  return limit.remaining < known.remaining ? limit : known
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000)
}
