import { type Leadhooks, createLeadhooks, type LeadhooksOptions } from '@leadhooks/core'
import type { Storage } from '@leadhooks/core/storage'
import { postgresStorage, type PostgresStorageOptions, type PostgresTransaction } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { onTestFinished } from 'vitest'

export interface Opened {
  url: string
  /** The host's own pool. */
  pool: Pool
  storage: Storage<PostgresTransaction>
}

/** A migrated storage in a database of its own. */
export async function openStorage(options: Partial<PostgresStorageOptions> = {}): Promise<Opened> {
  const url = await (await testPostgres()).createDatabase()
  const pool = new Pool({ connectionString: url })
  pool.on('error', () => {})
  const storage = postgresStorage({ connectionString: url, ...options })
  onTestFinished(async () => {
    await storage.close()
    await pool.end()
  })
  await storage.migrate()
  return { url, pool, storage }
}

export const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
export const network = { allowPrivateAddresses: true, allowHttp: true }

/** The same with Leadhooks on it. */
export async function openLeadhooks(
  options: Partial<LeadhooksOptions> = {},
): Promise<Opened & { leadhooks: Leadhooks }> {
  const opened = await openStorage()
  const leadhooks = createLeadhooks({ storage: opened.storage, encryptionKeys, network, ...options })
  onTestFinished(async () => leadhooks.close())
  return { ...opened, leadhooks }
}
