import { LeadhooksError } from '@leadhooks/core/storage'
import { Pool } from 'pg'

export interface PoolOptions {
  /** The host's own pool. */
  pool?: Pool | undefined
  /** Or where the database is: `postgres://user:password@host:5432/database`. A pool is made for it, and closed by `close()`. */
  connectionString?: string | undefined
  /** How many connections that pool has at most. @default 10 */
  maxConnections?: number | undefined
}

const connectTimeoutMs = 5000

/** The pool to work with, and whether it is ours to close. */
export function openPool(options: PoolOptions): { pool: Pool; isOwn: boolean } {
  const { pool, connectionString, maxConnections = 10 } = options
  if ((pool === undefined) === (connectionString === undefined))
    throw refused('expected either `pool` or `connectionString`')
  if (pool !== undefined) return { pool: checkedPool(pool), isOwn: false }
  if (typeof connectionString !== 'string' || connectionString === '')
    throw refused('expected `connectionString` to be a string such as postgres://user:password@host/database')
  if (!Number.isInteger(maxConnections) || maxConnections < 2)
    throw refused(`expected \`maxConnections\` to be a whole number from 2 up, got ${String(maxConnections)}`)
  const own = new Pool({
    connectionString,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: 'leadhooks',
  })
  // A connection that breaks while nobody uses it is replaced; without a listener it would end the process.
  own.on('error', () => {})
  return { pool: own, isOwn: true }
}

function checkedPool(pool: Pool): Pool {
  if (typeof pool?.connect !== 'function' || typeof pool.query !== 'function' || pool.options === undefined)
    throw refused('expected `pool` to be a pool of pg: new Pool({ connectionString })')
  if (pool.options.max === 1)
    throw refused(
      'the pool has `max: 1`, and while a transaction of the host holds that connection nothing else could run: give it at least 2, one of which listens where a worker runs',
    )
  if (pool.listenerCount('error') === 0) pool.on('error', () => {})
  return pool
}

function refused(what: string): LeadhooksError {
  return new LeadhooksError('invalid_options', `\`postgresStorage\`: ${what}`)
}
