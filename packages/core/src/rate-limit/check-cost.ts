import { LeadhooksError } from '../errors.ts'
import type { LimitCheck } from './rate-limiter.ts'

/** A cost that is over a limit would be refused for ever: that is a mistake of the host, and no reason to wait. */
export function checkCost(checks: readonly LimitCheck[], cost: number): void {
  if (!Number.isSafeInteger(cost) || cost < 0)
    throw new LeadhooksError(
      'invalid_request',
      `\`cost\` must be a whole number from 0 up, got ${String(cost)}`,
    )
  for (const { name, limit, algorithm, burst = limit } of checks) {
    const most = algorithm === 'token-bucket' ? burst : limit
    if (cost <= most) continue
    const message = `A cost of ${cost} can never be within the limit "${name}" of ${most}: raise the limit, or split the call`
    throw new LeadhooksError('invalid_request', message)
  }
}
