import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { onTestFinished } from 'vitest'
import type { Environment } from '../src/open-crm.ts'

/** What the CRM runs on. Each makes an empty database for a test, and answers the environment that names it. */
export const eachDatabase: [name: string, makeDatabase: () => Promise<Environment>][] = [
  [
    'SQLite',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'lead-crm-test-'))
      onTestFinished(() => rmSync(directory, { recursive: true }))
      return { DATABASE_PATH: join(directory, 'lead-crm.db'), DATABASE_URL: '' }
    },
  ],
  ['Postgres', async () => ({ DATABASE_URL: await (await testPostgres()).createDatabase() })],
]

export const encryptionKey = Buffer.alloc(32, 1).toString('base64')
