import { LeadhooksError } from '@leadhooks/core/storage'
import pRetry from 'p-retry'
import type { ClientBase, Pool, PoolClient, QueryConfig } from 'pg'
import { columnTypes } from './column-types.ts'
import { asLeadhooksError, isContention } from './driver-errors.ts'
import type { Schema } from './schema.ts'
import type { Statement } from './statement.ts'
import { sqlState } from './transactions/sql-state.ts'
import type { PostgresTransaction } from './transactions/transaction.ts'

/** Longer than any statement of ours takes; a connection that is silent for so long is dead, whatever TCP says. */
const answerTimeoutMs = 15_000

/** Runs statements on one connection: within a transaction, that is. */
export interface Session {
  rows<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  rowsPlannedAnew<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]>
  /** The same for text that is not kept as a plan. */
  run<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

export interface DatabaseOptions {
  pool: Pool
  schema: Schema
  /** Whether connections keep the plans of statements. */
  prepare: boolean
  /** Runs before the first statement that needs the tables: throws when the server or the tables will not do. */
  check: (unchecked: Session) => Promise<void>
}

/** The connections of the pool, and how statements run on them. Throws `LeadhooksError` only. */
export class Database implements Session {
  readonly pool: Pool
  readonly schema: Schema
  readonly #prepare: boolean
  readonly #check: DatabaseOptions['check']
  #isReady = false

  constructor({ pool, schema, prepare, check }: DatabaseOptions) {
    this.pool = pool
    this.schema = schema
    this.#prepare = prepare
    this.#check = check
  }

  /** Runs one statement, by itself a transaction. */
  async rows<Row>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    if (!this.#isReady) await this.#makeReady()
    const config = this.config(statement, values)
    return this.#repeat(async () => (await this.pool.query(config)).rows as Row[])
  }

  /**
   * The same, with a plan for the tables as they are now. A plan that is kept may be from when they were nearly empty, and
   * read them from end to end: for a batch that can cost far more than making a new one does.
   */
  async rowsPlannedAnew<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    if (!this.#isReady) await this.#makeReady()
    return this.run(statement.text, values)
  }

  /** The same for text that is not kept as a plan, and that may come before there are tables. */
  async run<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const config = configOf({ text: this.schema.text(text) }, values)
    return this.#repeat(async () => (await this.pool.query(config)).rows as Row[])
  }

  /** Runs several statements as one transaction. `work` is run again when another transaction got in the way. */
  async transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#repeat(async () => {
      const client = await this.pool.connect()
      // A connection that breaks says so twice: to the statement, which throws, and here, where else it would end the process.
      client.on('error', ignore)
      try {
        // Whatever the host's default is: a repetition is to see what the transaction before it has written.
        await client.query('begin isolation level read committed')
        const result = await work(this.#session(client))
        await client.query('commit')
        client.off('error', ignore)
        client.release()
        return result
      } catch (error) {
        // Without an answer nobody knows what state the connection is in: it is not used again.
        const broken = await rollBack(client, error)
        if (broken === undefined) client.off('error', ignore)
        client.release(broken)
        throw error
      }
    })
  }

  /** Runs a statement in a transaction of the host's. */
  async queryWithin(
    transaction: PostgresTransaction,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<{ rows: unknown[] }> {
    const { name, text } = this.schema.prepared(statement)
    if (this.#prepare && isClient(transaction)) return transaction.query({ name, text, values: [...values] })
    return transaction.query(text, values)
  }

  /** What pg is handed for a statement. */
  config(statement: Statement, values: readonly unknown[]): QueryConfig {
    const { name, text } = this.schema.prepared(statement)
    return configOf(this.#prepare ? { name, text } : { text }, values)
  }

  #session(client: PoolClient): Session {
    const run = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query(configOf({ text: this.schema.text(text) }, values))).rows as Row[]
    return {
      run,
      rows: async <Row>(statement: Statement, values: readonly unknown[] = []) =>
        (await client.query(this.config(statement, values))).rows as Row[],
      rowsPlannedAnew: async <Row>({ text }: Statement, values: readonly unknown[]) => run<Row>(text, values),
    }
  }

  async #makeReady(): Promise<void> {
    await this.#check(this)
    this.#isReady = true
  }

  /** Deadlocks and serialization failures undo a transaction whole, so that it can be repeated. */
  async #repeat<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (!isContention(error)) throw asLeadhooksError(error)
    }
    try {
      const shouldRetry = ({ error }: { error: Error }): boolean => isContention(error)
      return await pRetry(work, { retries: 5, minTimeout: 5, maxTimeout: 100, randomize: true, shouldRetry })
    } catch (error) {
      if (!isContention(error)) throw asLeadhooksError(error)
      // Out of luck again and again, it is as good as a database that cannot be reached.
      const message = `Postgres: ${(error as Error).message}. Other transactions got in the way again and again`
      throw new LeadhooksError('storage_unavailable', message, { cause: error })
    }
  }
}

function ignore(): void {}

/** Undefined when the connection can be used again. One that gave no answer would give none to a rollback either. */
async function rollBack(client: PoolClient, error: unknown): Promise<Error | undefined> {
  if (error instanceof Error && !(error instanceof LeadhooksError) && sqlState(error) === '') return error
  return client.query('rollback').then(
    () => undefined,
    (reason: Error) => reason,
  )
}

/** A connection of pg: it can keep the plan of a statement, which saves as much time as the statement itself takes. */
function isClient(transaction: PostgresTransaction): transaction is PostgresTransaction & ClientBase {
  return 'escapeIdentifier' in transaction
}

function configOf(text: { name?: string; text: string }, values: readonly unknown[]): QueryConfig {
  // pg knows `query_timeout` for a single query; its types do not.
  const config: QueryConfig & { query_timeout: number } = {
    ...text,
    values: [...values],
    types: columnTypes,
    query_timeout: answerTimeoutMs,
  }
  return config
}
