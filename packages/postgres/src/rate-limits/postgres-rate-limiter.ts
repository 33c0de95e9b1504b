import {
  checkCost,
  type Consumption,
  type LimitCheck,
  type LimitDecision,
  type RateLimiter,
  toDecision,
} from '@leadhooks/core'
import { Database } from '../database.ts'
import { openPool, type PoolOptions } from '../open-pool.ts'
import { Schema } from '../schema.ts'
import { checkReady } from '../server-check.ts'
import { HeldPermits, permitId } from './held-permits.ts'
import { RecentRefusals } from './recent-refusals.ts'
import { leasePermits, type PermitDemand, type PermitLease, sweepPermits } from './lease-permits.ts'

export interface PostgresRateLimiterOptions extends PoolOptions {
  /** The schema of `postgresStorage`. @default 'leadhooks' */
  schema?: string | undefined
  /** For how long permits may be kept in this process before what is unused is given back. @default 1000 */
  leaseMs?: number | undefined
}

/** A call that waits for permits. */
interface Waiting {
  checks: readonly LimitCheck[]
  consumption: Consumption
  resolve: (decision: LimitDecision) => void
  reject: (error: unknown) => void
}

const sweepEvery = 1000

/**
 * Counts in Postgres, for all processes together, without a write for each call: a process leases permits, some ahead of what
 * it is asked for, and gives them out. Near the limit it leases one by one. No more are ever given out than the limit allows; what
 * a process that vanished had leased (a tenth of a limit at most) is not given out in that window.
 *
 * ```ts
 * createLeadhooks({ storage: postgresStorage({ pool }), rateLimiter: postgresRateLimiter({ pool }), … })
 * ```
 */
export function postgresRateLimiter(options: PostgresRateLimiterOptions): RateLimiter {
  const { leaseMs = 1000 } = options
  const schema = new Schema(options.schema ?? 'leadhooks')
  const { pool, isOwn } = openPool(options)
  const check = async (unchecked: Parameters<typeof checkReady>[0]): Promise<void> =>
    checkReady(unchecked, schema)
  const database = new Database({ pool, schema, prepare: false, check })
  const held = new HeldPermits()
  const refusals = new RecentRefusals(leaseMs)
  let waiting: Waiting[] = []
  let isLeasing = false
  let leases = 0

  /** One lease at a time: calls that come meanwhile wait together, and are served by the next one. */
  async function leaseForAll(): Promise<void> {
    isLeasing = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        serve(batch, await lease(batch))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isLeasing = false
  }

  async function lease(batch: readonly Waiting[]): Promise<Map<string, PermitLease>> {
    const time = batch[0]?.consumption.now
    const now = time ?? Date.now()
    const unused = new Map<string, number>()
    for (const { id, permits } of held.takeStale(now)) {
      const row = rowOf(id)
      unused.set(row, (unused.get(row) ?? 0) + permits)
    }
    const demands = demandsOf(batch, now, time !== undefined)
    const bound = { now: time === undefined ? null : new Date(time), leaseMs }
    const answers = await leasePermits(database, demands, unused, bound)
    if (++leases % sweepEvery === 0) await sweepPermits(database)

    const byId = new Map<string, PermitLease>()
    demands.forEach((demand, index) => {
      const answer = answers[index]
      if (answer === undefined) return
      held.add(demand.check, { ...answer, usableUntil: now + answer.usableForMs }, now)
      byId.set(permitId(demand.check), answer)
    })
    return byId
  }

  function demandsOf(batch: readonly Waiting[], now: number, isGivenTime: boolean): PermitDemand[] {
    const demands = new Map<string, PermitDemand>()
    for (const { checks, consumption } of batch) {
      for (const asked of checks) {
        const id = permitId(asked)
        const known = demands.get(id)
        if (known !== undefined) known.wanted += consumption.cost
        else {
          const extra = isGivenTime ? 0 : held.expected(asked, leaseMs, now)
          demands.set(id, { check: asked, wanted: consumption.cost, extra })
        }
      }
    }
    // What is here already need not be asked for again.
    for (const demand of demands.values()) {
      demand.wanted = Math.max(0, demand.wanted - held.usable(demand.check, now))
    }
    return [...demands.values()]
  }

  function serve(batch: readonly Waiting[], answers: ReadonlyMap<string, PermitLease>): void {
    for (const { checks, consumption, resolve } of batch) {
      const now = consumption.now ?? Date.now()
      const { cost } = consumption
      const isCovered = held.covers(checks, cost, now)
      if (isCovered) held.give(checks, cost)
      resolve(isCovered ? allowed(checks, now) : refused(checks, cost, now, answers))
    }
  }

  function allowed(checks: readonly LimitCheck[], now: number): LimitDecision {
    const verdicts = checks.map((asked) => {
      const { remaining } = held.stateOf(asked, 0, now)
      return { allowed: true, remaining, resetMs: asked.windowMs - (now % asked.windowMs) }
    })
    return toDecision(checks, verdicts, 0)
  }

  function refused(
    checks: readonly LimitCheck[],
    cost: number,
    now: number,
    answers: ReadonlyMap<string, PermitLease>,
  ): LimitDecision {
    const verdicts = checks.map((asked) => {
      const resetMs = Math.max(1, answers.get(permitId(asked))?.resetMs(cost) ?? asked.windowMs)
      const state = held.stateOf(asked, cost, now)
      if (!state.allowed) refusals.add(asked, cost, now, resetMs)
      return { ...state, resetMs }
    })
    return toDecision(checks, verdicts, 0)
  }

  /** A limit that does not refuse stands as it did. */
  function stillRefused(checks: readonly LimitCheck[], waits: readonly number[], now: number): LimitDecision {
    const verdicts = checks.map((asked, index) => {
      const resetMs = waits[index] ?? 0
      const { remaining } = held.stateOf(asked, 0, now)
      return { allowed: resetMs === 0, remaining: resetMs === 0 ? remaining : 0, resetMs }
    })
    return toDecision(checks, verdicts, 0)
  }

  return {
    consume(checks, consumption) {
      checkCost(checks, consumption.cost)
      const now = consumption.now ?? Date.now()
      if (!isLeasing && held.covers(checks, consumption.cost, now)) {
        held.give(checks, consumption.cost)
        return allowed(checks, now)
      }
      const waits = refusals.find(checks, consumption.cost, now)
      if (waits !== undefined) return stillRefused(checks, waits, now)
      return new Promise((resolve, reject) => {
        waiting.push({ checks, consumption, resolve, reject })
        if (!isLeasing) void leaseForAll()
      })
    },
    async close() {
      if (isOwn && !pool.ending) await pool.end()
    },
  }
}

/** The row that a permit counts in. */
function rowOf(permit: string): string {
  const [row] = JSON.parse(permit) as [string]
  return row
}
