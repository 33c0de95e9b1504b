// A host's process that writes leads, each with its event in the same transaction, and rolls back three of ten. To be killed.
import { appendFileSync } from 'node:fs'
import { createLeadhooks } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import Database from 'better-sqlite3'
import { Pool } from 'pg'
import type { HostConfig } from './host-config.ts'

process.on('unhandledRejection', (error) => {
  process.stderr.write(`unhandledRejection: ${String(error instanceof Error ? error.stack : error)}\n`)
  process.exit(70)
})

const config = JSON.parse(process.argv[2] ?? '') as HostConfig
const encryptionKeys = [{ id: 'k1', key: config.encryptionKey }]
const organizationOf = (n: number): string => config.organizationIds[n % config.organizationIds.length] ?? ''
const eventOf = (n: number): { organizationId: string; id: string; type: string; data: object } => ({
  organizationId: organizationOf(n),
  id: `${config.name}_${n}`,
  type: 'new_lead',
  data: { n },
})
const acknowledge = (n: number): void => {
  if (config.committedFile !== undefined) appendFileSync(config.committedFile, `${eventOf(n).id}\n`)
}
const isRolledBack = (n: number): boolean => n % 10 < 3

async function onPostgres(connectionString: string): Promise<void> {
  const pool = new Pool({ connectionString, max: 8 })
  const leadhooks = createLeadhooks({ storage: postgresStorage({ pool }), encryptionKeys })
  let next = 0
  const run = async (): Promise<void> => {
    while (next < config.transactions) {
      const n = next++
      const client = await pool.connect()
      await client.query('begin')
      await client.query('insert into leads values ($1)', [eventOf(n).id])
      await leadhooks.dispatchEvent(eventOf(n), { tx: client })
      await client.query(isRolledBack(n) ? 'rollback' : 'commit')
      client.release()
      if (!isRolledBack(n)) acknowledge(n)
    }
  }
  await Promise.all(Array.from({ length: 8 }, run))
}

async function onSqlite(path: string): Promise<void> {
  const database = new Database(path)
  database.pragma('journal_mode = wal')
  const leadhooks = createLeadhooks({ storage: sqliteStorage({ database }), encryptionKeys })
  const insert = database.prepare('insert into leads values (?)')
  const write = database.transaction((n: number) => {
    insert.run(eventOf(n).id)
    leadhooks.dispatchEventSync(eventOf(n))
    if (isRolledBack(n)) throw new RolledBack()
  })
  for (let n = 0; n < config.transactions; n++) {
    try {
      write.immediate(n)
      acknowledge(n)
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error
    }
    // Lets signals and the end of the parent through.
    if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

class RolledBack extends Error {}

process.on('disconnect', () => process.exit(0))
process.send?.('started')
await (config.place.kind === 'postgres' ? onPostgres(config.place.url) : onSqlite(config.place.path))
process.exit(0)
