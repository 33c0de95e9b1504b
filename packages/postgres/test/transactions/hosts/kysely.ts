import { fromKysely } from '@leadhooks/postgres'
import {
  CamelCasePlugin,
  type ControlledTransaction,
  Kysely,
  PostgresDialect,
  sql,
  type Transaction,
} from 'kysely'
import { Pool } from 'pg'
import type { HostLibrary, HostPart } from '../host.ts'

interface Tables {
  leads: { id: string }
}

export const kysely: HostLibrary = {
  name: 'Kysely',
  adapt: fromKysely,
  async open(url) {
    const db = openKysely(url)
    return {
      transaction: (work, isolation = 'read committed') =>
        db
          .transaction()
          .setIsolationLevel(isolation)
          .execute((trx) => work(partOf(trx))),
      roots: [db],
      close: () => db.destroy(),
    }
  },
}

export const kyselyControlled: HostLibrary = {
  name: 'Kysely, begun and ended by hand',
  adapt: fromKysely,
  async open(url) {
    const db = openKysely(url)
    return {
      async transaction(work, isolation = 'read committed') {
        const trx = await db.startTransaction().setIsolationLevel(isolation).execute()
        try {
          const result = await work(controlledPartOf(trx))
          await trx.commit().execute()
          return result
        } catch (error) {
          await trx.rollback().execute()
          throw error
        }
      },
      roots: [db],
      close: () => db.destroy(),
    }
  },
}

function openKysely(url: string): Kysely<Tables> {
  const pool = new Pool({ connectionString: url, max: 20 })
  return new Kysely({ dialect: new PostgresDialect({ pool }), plugins: [new CamelCasePlugin()] })
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

function controlledPartOf(trx: ControlledTransaction<Tables, string[]>): HostPart {
  return {
    ...partOf(trx),
    async savepoint(work) {
      const part = await trx.savepoint('part').execute()
      try {
        await work(controlledPartOf(part))
      } catch (error) {
        await part.rollbackToSavepoint('part').execute()
        throw error
      }
    },
  }
}
