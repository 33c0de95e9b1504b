import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import { checkEncryptionKeys } from './diagnose.ts'
import { isLeadhooksError } from './errors.ts'
import { checkRateLimiter } from './rate-limit/check-rate-limiter.ts'
import type { Diagnosis } from './storage/storage.ts'

/** Whether this process can do its work. */
export interface Readiness {
  /** `degraded`: it can, but worse than it should, say with rate limits that each process counts for itself. */
  status: 'ready' | 'degraded' | 'not_ready'
  /** One for each part, and what to do where it is not `ok`. */
  checks: Diagnosis[]
}

/** However often it is asked, the database is asked no more often than this. */
const keptMs = 1000

/** Answers whether the process can do its work, as it was a second ago at most. Never throws. */
export function createReadiness(ctx: Context): () => Promise<Readiness> {
  return remember(ctx.clock, async () => {
    const asked = await Promise.all([checkDatabase(ctx), checkRateLimiter(ctx)])
    const checks = [...asked, checkEncryptionKeys(ctx)]
    return { status: statusOf(checks), checks }
  })
}

function statusOf(checks: readonly Diagnosis[]): Readiness['status'] {
  if (checks.some(({ status }) => status === 'problem')) return 'not_ready'
  return checks.some(({ status }) => status === 'warning') ? 'degraded' : 'ready'
}

async function checkDatabase({ storage }: Context): Promise<Diagnosis> {
  const check = 'database'
  try {
    const { length } = await storage.pendingMigrations()
    if (length === 0)
      return { check, status: 'ok', message: 'The database answers, and its tables are up to date' }
    return { check, status: 'problem', message: `The tables lack ${length} migrations: call \`migrate()\`` }
  } catch (error) {
    const message = isLeadhooksError(error) ? error.message : 'The database does not answer'
    return { check, status: 'problem', message }
  }
}

function remember<Answer>(clock: Clock, ask: () => Promise<Answer>): () => Promise<Answer> {
  let askedAt = Number.NEGATIVE_INFINITY
  let answer: Promise<Answer> | undefined
  return async () => {
    if (answer === undefined || clock.now() - askedAt >= keptMs) {
      askedAt = clock.now()
      answer = ask()
    }
    return answer
  }
}
