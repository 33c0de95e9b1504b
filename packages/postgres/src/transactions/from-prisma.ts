import { checkOpen, has, prisma } from './host-library.ts'
import type { PostgresTransaction } from './transaction.ts'

/** What is used of the client that Prisma gives to an interactive transaction; the client of the application can connect. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: never[]): PromiseLike<unknown>
  $connect?: never
}

/**
 * Makes an event part of an interactive transaction of Prisma.
 *
 * ```ts
 * await prisma.$transaction(async (tx) => {
 *   await tx.lead.create({ data: { id: 'lead_123' } })
 *   await leadhooks.dispatchEvent(event, { tx: fromPrisma(tx) })
 * })
 * ```
 */
export function fromPrisma(tx: PrismaTransaction): PostgresTransaction {
  checkOpen(prisma, tx, (given) => !has(given, '$connect'))
  return {
    query: async (text, values) => ({
      rows: (await tx.$queryRawUnsafe(text, ...(values as never[]))) as unknown[],
    }),
  }
}
