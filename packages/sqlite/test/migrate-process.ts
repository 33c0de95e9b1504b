// A host's process that starts: it migrates as soon as it is told to. Run by processes.test.ts.
import { sqliteStorage } from '@leadhooks/sqlite'

const [path = ''] = process.argv.slice(2)
async function start(): Promise<void> {
  const storage = sqliteStorage({ path })
  try {
    await storage.migrate()
    await storage.upsertOrganization({ id: String(process.pid), name: null, createdAt: new Date() })
    process.send?.('migrated')
  } catch (error) {
    process.send?.(String(error))
  }
  await storage.close()
  process.disconnect()
}

process.once('message', () => void start())
process.send?.('ready')
