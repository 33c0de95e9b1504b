// The examples of docs/transactions.md, for the compiler to check: a test holds the two equal. They never run.
import type { Leadhooks } from '@leadhooks/core'
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPostgresJs,
  fromPrisma,
  fromTypeorm,
  type PostgresTransaction,
} from '@leadhooks/postgres'
import type { ITXClientDenyList } from '@prisma/client/runtime/client'
import type { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import type { Knex } from 'knex'
import type { Kysely } from 'kysely'
import type { Pool } from 'pg'
import type { Sql } from 'postgres'
import type { DataSource } from 'typeorm'
import type { PrismaClient } from './hosts/prisma-client.ts'

declare const leadhooks: Leadhooks
declare const event: { organizationId: string; type: string; data: unknown }
const leads = pgTable('leads', { id: text().primaryKey() })
class Lead {
  id = ''
}

export async function onPg(pool: Pool): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('insert into leads (id) values ($1)', ['lead_123'])
    await leadhooks.dispatchEvent(event, { tx: client })
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

export async function onKysely(db: Kysely<{ leads: { id: string } }>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('leads').values({ id: 'lead_123' }).execute()
    await leadhooks.dispatchEvent(event, { tx: fromKysely(trx) })
  })
}

export async function onDrizzle(db: ReturnType<typeof drizzle>): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.insert(leads).values({ id: 'lead_123' })
    await leadhooks.dispatchEvent(event, { tx: fromDrizzle(tx) })
  })
}

export async function onKnex(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx('leads').insert({ id: 'lead_123' })
    await leadhooks.dispatchEvent(event, { tx: fromKnex(trx) })
  })
}

/** With a model, as `prisma generate` adds it. */
type CrmClient = Omit<PrismaClient, '$transaction'> & {
  lead: { create: (input: { data: { id: string } }) => Promise<unknown> }
  $transaction: (work: (tx: Omit<CrmClient, ITXClientDenyList>) => Promise<void>) => Promise<void>
}

export async function onPrisma(prisma: CrmClient): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.lead.create({ data: { id: 'lead_123' } })
    await leadhooks.dispatchEvent(event, { tx: fromPrisma(tx) })
  })
}

export async function onTypeorm(dataSource: DataSource): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.insert(Lead, { id: 'lead_123' })
    await leadhooks.dispatchEvent(event, { tx: fromTypeorm(manager) })
  })
}

export async function onPostgresJs(sql: Sql): Promise<void> {
  await sql.begin(async (sql) => {
    await sql`insert into leads (id) values (${'lead_123'})`
    await leadhooks.dispatchEvent(event, { tx: fromPostgresJs(sql) })
  })
}

export async function onAnythingElse(connection: {
  run: (text: string, values: readonly unknown[]) => Promise<unknown[]>
}): Promise<void> {
  const tx: PostgresTransaction = {
    query: async (text, values) => ({ rows: await connection.run(text, values) }),
  }
  await leadhooks.dispatchEvent(event, { tx })
}
