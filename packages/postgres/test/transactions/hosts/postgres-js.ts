import { fromPostgresJs } from '@leadhooks/postgres'
import postgres, { type ReservedSql, type TransactionSql } from 'postgres'
import type { HostLibrary, HostPart } from '../host.ts'

export const postgresJs: HostLibrary = {
  name: 'postgres.js',
  adapt: fromPostgresJs,
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
      roots: [sql],
      close: () => sql.end(),
    }
  },
}

export const postgresJsReserved: HostLibrary = {
  name: 'postgres.js, begun and ended on a reserved connection',
  adapt: fromPostgresJs,
  async open(url) {
    const sql = postgres(url, { max: 20, onnotice: () => {} })
    return {
      async transaction(work, isolation = 'read committed') {
        const reserved = await sql.reserve()
        try {
          await reserved.unsafe(`begin isolation level ${isolation}`)
          const result = await work(reservedPartOf(reserved))
          await reserved`commit`
          return result
        } catch (error) {
          await reserved`rollback`
          throw error
        } finally {
          reserved.release()
        }
      },
      roots: [sql],
      close: () => sql.end(),
    }
  },
}

function partOf(sql: TransactionSql): HostPart {
  return {
    tx: fromPostgresJs(sql),
    trx: sql,
    run: (text) => sql.unsafe(text),
    savepoint: (work) => sql.savepoint((nested) => work(partOf(nested))),
  }
}

function reservedPartOf(sql: ReservedSql): HostPart {
  return {
    tx: fromPostgresJs(sql),
    trx: sql,
    run: (text) => sql.unsafe(text),
    async savepoint(work) {
      await sql`savepoint part`
      try {
        await work(reservedPartOf(sql))
      } catch (error) {
        await sql`rollback to part`
        throw error
      }
    },
  }
}
