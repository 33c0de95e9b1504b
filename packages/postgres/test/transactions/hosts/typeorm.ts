import { fromTypeorm } from '@leadhooks/postgres'
import { DataSource, type EntityManager } from 'typeorm'
import type { HostLibrary, HostPart } from '../host.ts'

const levels = {
  'read committed': 'READ COMMITTED',
  'repeatable read': 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
} as const

export const typeorm: HostLibrary = {
  name: 'TypeORM',
  async open(url) {
    const dataSource = await new DataSource({ type: 'postgres', url, poolSize: 20 }).initialize()
    return {
      transaction: (work, isolation = 'read committed') =>
        dataSource.transaction(levels[isolation], (manager) => work(partOf(manager))),
      close: () => dataSource.destroy(),
    }
  },
}

function partOf(manager: EntityManager): HostPart {
  return {
    tx: fromTypeorm(manager),
    trx: manager,
    run: (text) => manager.query(text),
    savepoint: (work) => manager.transaction((nested) => work(partOf(nested))),
  }
}
