import { createApp } from './app.ts'
import { run } from './run.ts'

await run(async (platform, { PORT: port, ADMIN_TOKEN: adminToken }) => {
  const app = await createApp(platform, { adminToken, logger: true })
  await app.listen({ port, host: '0.0.0.0' })
  return async () => app.close()
})
