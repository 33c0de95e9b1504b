import type { Database, Statement } from './database.ts'

/** Statements whose text depends on what was asked (filters, changed fields) are few, but nothing else bounds their number. */
const maxStatements = 200

/** A handle with the statements that were prepared on it. */
export class Connection {
  readonly database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.database = database
  }

  /** The statement of this text, prepared once. */
  statement(text: string): Statement {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size < maxStatements) break
      this.#statements.delete(oldest)
    }
    // The host may have set its handle to answer integers as bigint.
    const statement = this.database.prepare(text).safeIntegers(false)
    this.#statements.set(text, statement)
    return statement
  }

  run(text: string, ...parameters: unknown[]): { changes: number; lastInsertRowid: number | bigint } {
    return this.statement(text).run(...parameters)
  }

  /** The first row; undefined when there is none. */
  get(text: string, ...parameters: unknown[]): unknown {
    return this.statement(text).get(...parameters)
  }

  all<Row>(text: string, ...parameters: unknown[]): Row[] {
    return this.statement(text).all(...parameters) as Row[]
  }
}
