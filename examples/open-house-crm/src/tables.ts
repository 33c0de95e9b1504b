import { type ColumnType, type Kysely, sql } from 'kysely'
import { type Fields, type Resource, resources } from './records.ts'

interface RecordTable {
  id: string
  organization_id: string
  /** JSON: text on the way in. */
  fields: ColumnType<Fields, string, string>
  created_at: ColumnType<Date, never, never>
  updated_at: ColumnType<Date, never, Date>
}

export interface Tables extends Record<Resource, RecordTable> {
  users: {
    email: string
    organization_id: string
    is_admin: boolean
    password_hash: string
  }
}

/** Makes the tables that are missing. Any number of processes may do so at once. */
export async function migrateTables(database: Kysely<Tables>): Promise<void> {
  await database.transaction().execute(async (trx) => {
    // `if not exists` alone lets two of them get in each other's way.
    await sql`select pg_advisory_xact_lock(hashtext('open-house-crm'))`.execute(trx)
    for (const resource of Object.keys(resources)) {
      await sql`
        create table if not exists ${sql.table(resource)} (
          id text primary key,
          organization_id text not null,
          fields jsonb not null,
          created_at timestamptz not null default now(),
          updated_at timestamptz not null default now()
        )`.execute(trx)
      const index = sql.id(`${resource}_of_organization`)
      await sql`
        create index if not exists ${index} on ${sql.table(resource)} (organization_id, created_at desc)`.execute(
        trx,
      )
    }
    await sql`
      create table if not exists users (
        email text primary key,
        organization_id text not null,
        is_admin boolean not null,
        password_hash text not null
      )`.execute(trx)
  })
}
