import { createApp } from './app.ts'
import { openDatabase } from './database.ts'
import { createCrmLeadhooks } from './leadhooks.ts'

const { PORT = '4000', DATABASE_PATH = './lead-crm.db', LEADHOOKS_ENCRYPTION_KEY } = process.env

const database = openDatabase(DATABASE_PATH)
const leadhooks = createCrmLeadhooks(database, LEADHOOKS_ENCRYPTION_KEY, { logger: console })
await leadhooks.migrate()
const worker = leadhooks.startWorker()

const server = createApp({ database, leadhooks }).listen(Number(PORT), (error) => {
  if (error) throw error
  console.log(`The CRM listens on http://localhost:${PORT}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

/** Takes no new requests and finishes what is under way; what is not sent yet is sent after the next start. */
async function stop(): Promise<void> {
  await Promise.all([worker.stop({ timeoutMs: 10_000 }), new Promise((resolve) => server.close(resolve))])
  await leadhooks.close()
  database.close()
}
