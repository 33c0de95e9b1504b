/**
 * As much of a better-sqlite3 handle as is used here. Every `Database` of better-sqlite3 12 and 13 is one, so that no types
 * of it are needed to use this package.
 */
export interface Database {
  readonly name: string
  readonly open: boolean
  readonly inTransaction: boolean
  prepare(source: string): Statement
  pragma(source: string, options?: { simple?: boolean }): unknown
  close(): unknown
}

export interface Statement {
  /** Whether it answers rows. */
  readonly reader: boolean
  run(...parameters: unknown[]): { changes: number; lastInsertRowid: number | bigint }
  get(...parameters: unknown[]): unknown
  all(...parameters: unknown[]): unknown[]
  safeIntegers(toggle?: boolean): this
}

export type DatabaseConstructor = new (
  path: string,
  options: { timeout: number; fileMustExist: boolean },
) => Database
