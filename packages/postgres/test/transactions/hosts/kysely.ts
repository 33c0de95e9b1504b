import { fromKysely } from '@leadhooks/postgres'
import { CamelCasePlugin, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Pool } from 'pg'
import type { HostLibrary, HostPart } from '../host.ts'

interface Tables {
  leads: { id: string }
}

export const kysely: HostLibrary = {
  name: 'Kysely',
  async open(url) {
    const pool = new Pool({ connectionString: url, max: 20 })
    const db = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool }),
      plugins: [new CamelCasePlugin()],
    })
    return {
      transaction: (work, isolation = 'read committed') =>
        db
          .transaction()
          .setIsolationLevel(isolation)
          .execute((trx) => work(partOf(trx))),
      close: () => db.destroy(),
    }
  },
}

function partOf(trx: Transaction<Tables>): HostPart {
  return {
    tx: fromKysely(trx),
    trx,
    run: (text) => sql.raw(text).execute(trx),
    async savepoint(work) {
      await sql`savepoint part`.execute(trx)
      try {
        await work(partOf(trx))
      } catch (error) {
        await sql`rollback to part`.execute(trx)
        throw error
      }
    },
  }
}
