import { fromTypeorm } from '@leadhooks/postgres'
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm'
import type { HostLibrary, HostPart } from '../host.ts'

const levels = {
  'read committed': 'READ COMMITTED',
  'repeatable read': 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
} as const

export const typeorm: HostLibrary = {
  name: 'TypeORM',
  adapt: fromTypeorm,
  async open(url) {
    const dataSource = await new DataSource({ type: 'postgres', url, poolSize: 20 }).initialize()
    return {
      transaction: (work, isolation = 'read committed') =>
        dataSource.transaction(levels[isolation], (manager) => work(partOf(manager))),
      roots: [dataSource, dataSource.manager, dataSource.createQueryRunner()],
      close: () => dataSource.destroy(),
    }
  },
}

export const typeormQueryRunner: HostLibrary = {
  name: 'TypeORM, begun and ended on a QueryRunner',
  adapt: fromTypeorm,
  async open(url) {
    const dataSource = await new DataSource({ type: 'postgres', url, poolSize: 20 }).initialize()
    return {
      async transaction(work, isolation = 'read committed') {
        const runner = dataSource.createQueryRunner()
        try {
          await runner.startTransaction(levels[isolation])
          return await finish(runner, work)
        } finally {
          await runner.release()
        }
      },
      roots: [dataSource.createQueryRunner()],
      close: () => dataSource.destroy(),
    }
  },
}

async function finish<Result>(
  runner: QueryRunner,
  work: (part: HostPart) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work(runnerPartOf(runner))
    await runner.commitTransaction()
    return result
  } catch (error) {
    await runner.rollbackTransaction()
    throw error
  }
}

function partOf(manager: EntityManager): HostPart {
  return {
    tx: fromTypeorm(manager),
    trx: manager,
    run: (text) => manager.query(text),
    savepoint: (work) => manager.transaction((nested) => work(partOf(nested))),
  }
}

function runnerPartOf(runner: QueryRunner): HostPart {
  return {
    tx: fromTypeorm(runner),
    trx: runner,
    run: (text) => runner.query(text),
    async savepoint(work) {
      await runner.startTransaction()
      await finish(runner, work)
    },
  }
}
