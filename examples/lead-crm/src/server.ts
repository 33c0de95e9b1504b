import { createApp } from './app.ts'
import { openCrm } from './open-crm.ts'
import { start } from './start.ts'

const { PORT = '4000', ADMIN_PASSWORD: adminPassword } = process.env

await start(async () => {
  const crm = openCrm(process.env, { logger: console })
  await crm.migrate()
  const worker = crm.leadhooks.startWorker()

  const server = createApp(crm, { adminPassword }).listen(Number(PORT), (error) => {
    if (error) throw error
    console.log(`The CRM listens on http://localhost:${PORT}`)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())

  /** Takes no new requests and finishes what is under way; what is not sent yet is sent after the next start. */
  async function stop(): Promise<void> {
    await Promise.all([
      worker.stop({ timeoutMs: 10_000 }),
      new Promise((resolve) => void server.close(resolve)),
    ])
    await crm.close()
  }
})
