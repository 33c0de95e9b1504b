import type { Steps } from '@leadhooks/sql'
import type { Session } from './database.ts'

/** Runs steps one after the other, in the transaction of the session. */
export async function runSteps<Result>(session: Session, steps: Steps<Result>): Promise<Result> {
  let step = steps.next([])
  while (!step.done) {
    const { sql, parameters } = step.value
    step = steps.next(await session.run(sql, parameters))
  }
  return step.value
}
