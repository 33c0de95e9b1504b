import { checkUpToDate, tablesVersion } from '@leadhooks/sql'
import { compiler } from './compiler.ts'
import type { Connection } from './connection.ts'
import { migrations } from './migrations.ts'
import { runSteps } from './run-steps.ts'

/** Finds out once whether the tables are those that this release works with, so that no statement fails half-way for it. */
export class TablesCheck {
  #isDone = false

  /** Throws `migration_required`, or the driver's error for a missing table. */
  check(connection: Connection): void {
    if (this.#isDone) return
    checkUpToDate(runSteps(connection, tablesVersion(compiler)), migrations)
    this.#isDone = true
  }
}
