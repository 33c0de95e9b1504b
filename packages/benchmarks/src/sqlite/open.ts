import { randomBytes } from 'node:crypto'
import { createLeadhooks, defineEvents, type Leadhooks, type Observation } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { eventTypeOf, webhookCount } from '../leads.ts'

const lead = z.object({ id: z.string(), name: z.string(), email: z.email(), note: z.string() })

export const events = defineEvents(
  Object.fromEntries(Array.from({ length: webhookCount }, (_, n) => [eventTypeOf(n), { schema: lead }])),
)

/** A database as a host would open it for speed: WAL, and `synchronous=NORMAL`. */
export function openDatabase(path: string): Database.Database {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  return database
}

interface OpenOptions {
  observe?: (observation: Observation) => void
  encryptionKey?: string
}

export async function openLeadhooks(
  database: Database.Database,
  { observe, encryptionKey = randomBytes(32).toString('base64') }: OpenOptions = {},
): Promise<Leadhooks<typeof events, Database.Database>> {
  const leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    events,
    network: { allowPrivateAddresses: true, allowHttp: true },
    ...(observe && { observe }),
  })
  await leadhooks.migrate()
  return leadhooks
}
