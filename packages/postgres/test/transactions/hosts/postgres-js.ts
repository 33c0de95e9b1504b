import { fromPostgresJs } from '@leadhooks/postgres'
import postgres, { type TransactionSql } from 'postgres'
import type { HostLibrary, HostPart } from '../host.ts'

export const postgresJs: HostLibrary = {
  name: 'postgres.js',
  async open(url) {
    const sql = postgres(url, { max: 20, onnotice: () => {}, transform: postgres.camel })
    return {
      transaction: async (work, isolation = 'read committed') => {
        // Its types take an array that a transaction answers for queries to await: this answers a box.
        const { result } = await sql.begin(`isolation level ${isolation}`, async (sql) => ({
          result: await work(partOf(sql)),
        }))
        return result
      },
      close: () => sql.end(),
    }
  },
}

function partOf(sql: TransactionSql): HostPart {
  return {
    tx: fromPostgresJs(sql),
    trx: sql,
    run: (text) => sql.unsafe(text),
    savepoint: async (work) => void (await sql.savepoint((nested) => work(partOf(nested)))),
  }
}
