import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Environment } from '../open-crm.ts'

/** Where the demonstration keeps its tables. Nothing of it stays, and nothing else is touched. */
export interface ScratchDatabase {
  description: string
  environment: Environment
  remove: () => Promise<void>
}

/** A schema of its own where there is a Postgres, else a file in a temporary folder. */
export function scratchDatabase(databaseUrl: string | undefined): ScratchDatabase {
  return databaseUrl ? scratchSchema(databaseUrl) : scratchFile()
}

function scratchFile(): ScratchDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'lead-crm-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  return {
    description: 'one SQLite file for both',
    environment: { DATABASE_PATH: join(directory, 'lead-crm.db') },
    remove: async () => remove(),
  }
}

function scratchSchema(databaseUrl: string): ScratchDatabase {
  const schema = `lead_crm_quickstart_${randomBytes(4).toString('hex')}`
  const url = parseUrl(databaseUrl)
  // The CRM's own table goes where the connection looks first.
  url.searchParams.set('options', `-c search_path=${schema}`)
  return {
    description: `one Postgres schema for both, ${schema}`,
    environment: { DATABASE_URL: url.href, LEADHOOKS_SCHEMA: schema },
    async remove() {
      const client = new Client({ connectionString: databaseUrl })
      await client.connect()
      await client.query(`drop schema if exists ${schema} cascade`)
      await client.end()
    },
  }
}

function parseUrl(databaseUrl: string): URL {
  const url = URL.parse(databaseUrl)
  if (url?.protocol === 'postgres:' || url?.protocol === 'postgresql:') return url
  // Not shown: it may hold a password.
  throw new Error('DATABASE_URL must be a URL such as postgres://user:password@host:5432/database')
}
