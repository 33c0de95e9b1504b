import { fromDrizzle } from '@leadhooks/postgres'
import { sql } from 'drizzle-orm'
import { drizzle as drizzleOverPg } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzleOverPostgresJs } from 'drizzle-orm/postgres-js'
import { Pool } from 'pg'
import postgres from 'postgres'
import type { Host, HostLibrary, HostPart } from '../host.ts'

export const drizzleOnPg: HostLibrary = {
  name: 'Drizzle over pg',
  adapt: fromDrizzle,
  async open(url) {
    const pool = new Pool({ connectionString: url, max: 20 })
    return hostOf(drizzleOverPg({ client: pool }), () => pool.end())
  },
}

export const drizzleOnPostgresJs: HostLibrary = {
  name: 'Drizzle over postgres.js',
  adapt: fromDrizzle,
  async open(url) {
    const client = postgres(url, { max: 20, onnotice: () => {} })
    return hostOf(drizzleOverPostgresJs({ client }), () => client.end())
  },
}

function hostOf<Result extends PgQueryResultHKT>(db: PgDatabase<Result>, close: () => Promise<void>): Host {
  return {
    transaction: (work, isolationLevel = 'read committed') =>
      db.transaction((tx) => work(partOf(tx)), { isolationLevel }),
    roots: [db],
    close,
  }
}

type Transaction<Result extends PgQueryResultHKT> = Parameters<
  Parameters<PgDatabase<Result>['transaction']>[0]
>[0]

function partOf<Result extends PgQueryResultHKT>(tx: Transaction<Result>): HostPart {
  return {
    tx: fromDrizzle(tx),
    trx: tx,
    run: async (text) => tx.execute(sql.raw(text)),
    savepoint: (work) => tx.transaction((nested) => work(partOf(nested))),
  }
}
