// A host's process that starts: it migrates as soon as it is told to, and says which migrations it ran. Run by processes.test.ts.
import { sqliteStorage } from '@leadhooks/sqlite'

const [path = ''] = process.argv.slice(2)
async function start(): Promise<void> {
  const storage = sqliteStorage({ path })
  try {
    const ran = await storage.migrate()
    await storage.upsertOrganization({
      id: String(process.pid),
      name: null,
      eventsPerMinute: null,
      maintenance: [],
      retention: null,
      createdAt: new Date(),
    })
    process.send?.(ran.map(({ name }) => name))
  } catch (error) {
    process.send?.(String(error))
  }
  await storage.close()
  process.disconnect()
}

process.once('message', () => void start())
process.send?.('ready')
