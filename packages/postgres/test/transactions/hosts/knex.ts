import { fromKnex } from '@leadhooks/postgres'
import knexOn, { type Knex } from 'knex'
import type { HostLibrary, HostPart } from '../host.ts'

export const knex: HostLibrary = {
  name: 'Knex',
  adapt: fromKnex,
  async open(url) {
    const db = knexOn({ client: 'pg', connection: url, pool: { min: 0, max: 20 } })
    return {
      transaction: (work, isolationLevel = 'read committed') =>
        db.transaction((trx) => work(partOf(trx)), { isolationLevel }),
      roots: [db],
      close: () => db.destroy(),
    }
  },
}

function partOf(trx: Knex.Transaction): HostPart {
  return {
    tx: fromKnex(trx),
    trx,
    run: async (text) => trx.raw(text),
    savepoint: (work) => trx.transaction((nested) => work(partOf(nested))),
  }
}
