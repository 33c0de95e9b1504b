import type { Steps } from '@leadhooks/sql'
import type { CompiledQuery } from 'kysely'
import type { Connection } from './connection.ts'

/** Runs what Kysely compiled, and answers its rows. */
export function runQuery(connection: Connection, { sql, parameters }: CompiledQuery): unknown[] {
  const statement = connection.statement(sql)
  if (statement.reader) return statement.all(...parameters)
  statement.run(...parameters)
  return []
}

/** Runs all steps in one go: nothing is awaited between them. */
export function runSteps<Result>(connection: Connection, steps: Steps<Result>): Result {
  let step = steps.next([])
  while (!step.done) step = steps.next(runQuery(connection, step.value))
  return step.value
}
