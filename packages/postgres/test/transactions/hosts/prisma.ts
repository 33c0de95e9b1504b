import { fromPrisma } from '@leadhooks/postgres'
import { PrismaPg } from '@prisma/adapter-pg'
import type { ITXClientDenyList } from '@prisma/client/runtime/client'
import type { HostLibrary, HostPart } from '../host.ts'
import { PrismaClient } from './prisma-client.ts'

const levels = {
  'read committed': 'ReadCommitted',
  'repeatable read': 'RepeatableRead',
  serializable: 'Serializable',
} as const

export const prisma: HostLibrary = {
  name: 'Prisma',
  adapt: fromPrisma,
  async open(url) {
    const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 20 }) })
    return {
      transaction: (work, isolation = 'read committed') =>
        client.$transaction((tx) => work(partOf(tx)), {
          isolationLevel: levels[isolation],
          maxWait: 30_000,
          timeout: 30_000,
        }),
      roots: [client, client.$extends({})],
      close: () => client.$disconnect(),
    }
  },
}

function partOf(tx: Omit<PrismaClient, ITXClientDenyList>): HostPart {
  return {
    tx: fromPrisma(tx),
    trx: tx,
    run: (text) => tx.$executeRawUnsafe(text),
    savepoint: (work) => tx.$transaction((nested) => work(partOf(nested))),
  }
}
