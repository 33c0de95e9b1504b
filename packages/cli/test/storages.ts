import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Client } from 'pg'
import { onTestFinished } from 'vitest'
import { makeProject, type Project } from './project.ts'

const BetterSqlite = createRequire(import.meta.url)('better-sqlite3') as new (path: string) => {
  exec(script: string): void
  close(): void
}

/** The options that a project's config and the test itself, which is another process of the host, share. */
const options: Omit<LeadhooksOptions, 'storage'> = {
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  network: { allowPrivateAddresses: true, allowHttp: true },
  delivery: { leaseMs: 1000 },
}

/** A project on a database that has no tables yet, and a way to it from the test's own process. */
export interface ProjectOnDatabase {
  project: Project
  open: () => Storage
  /** Runs a script of SQL, as an administrator would by hand. */
  execute: (script: string) => Promise<void>
}

const storages: Record<string, () => Promise<ProjectOnDatabase>> = {
  SQLite: async () => {
    const project = makeProject({
      'leadhooks.config.mjs': configOf('sqlite', `sqliteStorage({ path: 'crm.db' })`),
    })
    const path = join(project.directory, 'crm.db')
    return {
      project,
      open: () => sqliteStorage({ path }),
      async execute(script) {
        const database = new BetterSqlite(path)
        database.exec(script)
        database.close()
      },
    }
  },
  Postgres: async () => {
    const connectionString = await (await testPostgres()).createDatabase()
    const project = makeProject({ 'leadhooks.config.mjs': postgresConfig(connectionString) })
    return {
      project,
      open: () => postgresStorage({ connectionString }),
      execute: (script) => executeOnPostgres(connectionString, script),
    }
  },
}

export const eachStorage = Object.entries(storages)

/** The Leadhooks of the test's own process, closed when the test ends. */
export function openLeadhooks(storage: Storage): Leadhooks {
  const leadhooks = createLeadhooks({ storage, ...options })
  onTestFinished(async () => leadhooks.close())
  return leadhooks
}

export async function executeOnPostgres(connectionString: string, script: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  await client.query(script)
  await client.end()
}

export function postgresConfig(connectionString: string): string {
  return configOf('postgres', `postgresStorage({ connectionString: '${connectionString}' })`)
}

/** The text of a config file over a storage. */
export function configOf(packageName: string, storage: string): string {
  return `
    import { createLeadhooks } from '@leadhooks/core'
    import { ${packageName}Storage } from '@leadhooks/${packageName}'
    export default createLeadhooks({ storage: ${storage}, ...${JSON.stringify(options)} })
  `
}
