import { createApp } from './app.ts'
import { runCommand } from './command.ts'
import { buildPage } from './page.ts'

await runCommand(async (crm, { PORT, SESSION_SECRET: sessionSecret }) => {
  const app = createApp(crm, { sessionSecret, page: await buildPage() })
  const worker = crm.leadhooks.startWorker()
  const server = app.listen(PORT, (error) => {
    if (error) throw error
    console.log(`Open House CRM listens on http://localhost:${PORT}`)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close()
      void worker.stop({ timeoutMs: 10_000 }).then(() => crm.close())
    })
  }
})
