import type { PostgresTransaction } from '@leadhooks/postgres'

/** The access of an application to its database by one of the libraries. */
export interface Host {
  /** Commits what `work` has done, or undoes it where it throws. */
  transaction: <Result>(work: (part: HostPart) => Promise<Result>, isolation?: Isolation) => Promise<Result>
  /** What it runs queries on outside of transactions. */
  roots: unknown[]
  close: () => Promise<void>
}

/** A transaction, or the part of one since a savepoint. */
export interface HostPart {
  /** As Leadhooks takes it. */
  tx: PostgresTransaction
  /** As the library has it. */
  trx: unknown
  run: (text: string) => Promise<unknown>
  /** Sets a savepoint. Where `work` throws, only what it has done is undone. */
  savepoint: (work: (part: HostPart) => Promise<void>) => Promise<void>
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

export interface HostLibrary {
  name: string
  /** What makes its transactions ones that Leadhooks takes. */
  adapt?: (trx: never) => PostgresTransaction
  open: (url: string) => Promise<Host>
}
