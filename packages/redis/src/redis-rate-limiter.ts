import {
  checkCost,
  type Consumption,
  type LimitCheck,
  type LimitDecision,
  memoryRateLimiter,
  type RateLimiter,
  toDecision,
} from '@leadhooks/core'
import { Breaker } from './breaker.ts'
import { limitScript, limitScriptSha } from './limit-script.ts'
import type { LimiterStats } from './limiter-stats.ts'
import type { RedisClient } from './redis-client.ts'
import { Refusals } from './refusals.ts'
import { type ScriptCall, scriptCalls } from './script-calls.ts'

export interface RedisRateLimiterOptions {
  /** An ioredis client, of a single server or a cluster. It stays the host's, and is not closed. */
  client: RedisClient
  /** Begins every key in Redis. @default 'lh:rl:' */
  prefix?: string | undefined
  /** How long a decision may take before something else decides. @default 75 */
  deadlineMs?: number | undefined
  /**
   * What decides while Redis is slow or gone. `local`: counts in this process, which go on from what it has let through before.
   * `allow` and `deny`: lets everything through, or nothing. @default 'local'
   */
  onStoreError?: 'local' | 'allow' | 'deny' | undefined
  /** How many processes share the limits: `local` lets each have its part. @default 1 */
  instances?: number | undefined
  /** Told of every failure of Redis. @default nobody */
  onError?: ((error: Error) => void) | undefined
}

export interface RedisRateLimiter extends RateLimiter {
  consume(checks: readonly LimitCheck[], consumption: Consumption): Promise<LimitDecision>
  stats(): LimiterStats
}

const noLimits: LimitDecision = { allowed: true, limits: [], retryAfterMs: 0, degraded: false }
const denyForMs = 1000

/**
 * Counts in Redis, for all processes together: one command decides all limits of a call, all or nothing, by the clock of the
 * server. No call waits longer than `deadlineMs` for it.
 *
 * ```ts
 * createLeadhooks({ rateLimiter: redisRateLimiter({ client: new Redis(process.env.REDIS_URL) }), … })
 * ```
 */
export function redisRateLimiter(options: RedisRateLimiterOptions): RedisRateLimiter {
  const {
    client,
    prefix = 'lh:rl:',
    deadlineMs = 75,
    onStoreError = 'local',
    instances = 1,
    onError,
  } = options
  const local = memoryRateLimiter()
  const breaker = new Breaker()
  const refusals = new Refusals()
  const stats: LimiterStats = { decided: 0, remembered: 0, degraded: 0, failures: 0 }

  const callOf = scriptCalls(prefix)

  function degrade(checks: readonly LimitCheck[], consumption: Consumption): LimitDecision {
    stats.degraded++
    if (onStoreError === 'allow') return { ...noLimits, degraded: true }
    if (onStoreError === 'deny')
      return { ...noLimits, allowed: false, retryAfterMs: denyForMs, degraded: true }
    return { ...local.consume(shares(checks, instances, consumption.cost), consumption), degraded: true }
  }

  /** What Redis lets through counts here as well, so that an outage is no fresh start. */
  function keepWarm(checks: readonly LimitCheck[], consumption: Consumption): void {
    if (onStoreError === 'local') local.consume(shares(checks, instances, consumption.cost), consumption)
  }

  return {
    async consume(checks, consumption) {
      checkCost(checks, consumption.cost)
      if (checks.length === 0) return noLimits
      // Given a time, nothing that depends on the real one counts.
      const isReal = consumption.now === undefined
      const refused = isReal ? refusals.find(checks, consumption.cost) : undefined
      if (refused !== undefined) {
        stats.remembered++
        return refused
      }
      if (!breaker.mayAsk()) return degrade(checks, consumption)
      try {
        const answer = await runScript(client, deadlineMs, callOf(checks, consumption))
        const decision = toDecision(checks, verdictsOf(answer, checks.length), consumption.cost)
        breaker.succeeded()
        stats.decided++
        if (decision.allowed) keepWarm(checks, consumption)
        else if (isReal) refusals.add(checks, consumption.cost, decision)
        return decision
      } catch (error) {
        breaker.failed()
        stats.failures++
        onError?.(error instanceof Error ? error : new Error(String(error)))
        return degrade(checks, consumption)
      }
    },
    stats: () => ({ ...stats }),
  }
}

/**
 * By its hash; a server that has restarted gets the text once. No other failure is repeated: it may have counted. Rejects when
 * the answer is late; what comes of it later is nobody's any more.
 */
async function runScript(client: RedisClient, deadlineMs: number, call: ScriptCall): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`Redis gave no answer within ${deadlineMs} ms`))
    const timer = setTimeout(late, deadlineMs)
    const answered = (answer: unknown): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    const failed = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    client.evalsha(limitScriptSha, ...call).then(answered, (error: unknown) => {
      if (!isUnknownScript(error)) return failed(error as Error)
      return client.eval(limitScript, ...call).then(answered, failed)
    })
  })
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}

function verdictsOf(
  answer: unknown,
  count: number,
): { allowed: boolean; remaining: number; resetMs: number }[] {
  if (!Array.isArray(answer) || answer.length !== 2 * count)
    throw new Error('Redis answered something else than asked')
  const verdicts: { allowed: boolean; remaining: number; resetMs: number }[] = []
  for (let at = 0; at < answer.length; at += 2) {
    const left = Number(answer[at])
    const allowed = left >= 0
    verdicts.push({ allowed, remaining: allowed ? left : -1 - left, resetMs: Number(answer[at + 1]) })
  }
  return verdicts
}

/** The part of each limit that one of several processes may give out; at least what this very call asks for. */
function shares(checks: readonly LimitCheck[], instances: number, cost: number): readonly LimitCheck[] {
  if (instances === 1) return checks
  const part = (whole: number): number => Math.max(1, cost, Math.floor(whole / instances))
  return checks.map((check) => {
    const { limit, burst } = check
    return Object.assign({}, check, {
      limit: part(limit),
      ...(burst !== undefined && { burst: part(burst) }),
    })
  })
}
