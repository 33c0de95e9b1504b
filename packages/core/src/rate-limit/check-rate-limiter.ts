import type { Context } from '../context.ts'
import type { Diagnosis } from '../storage/storage.ts'

const anyWindowMs = 1000

/** Asks for nothing, of a limit that there is not: only to see whether the store of the counts answers. */
export async function checkRateLimiter({ rateLimiter, clock }: Context): Promise<Diagnosis> {
  const check = 'rate-limiter'
  const nothing = { name: 'readiness', key: '', limit: 1, windowMs: anyWindowMs }
  try {
    const { degraded } = await rateLimiter.consume([nothing], { cost: 0, now: clock.now() })
    if (!degraded) return { check, status: 'ok', message: 'Rate limits are counted' }
  } catch {
    // The same as one that is degraded: calls are let through or refused without it.
  }
  const message = 'The store of the rate limits does not answer: see what became of it'
  return { check, status: 'warning', message }
}
