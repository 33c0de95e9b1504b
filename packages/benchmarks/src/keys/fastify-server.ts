// The server that the scenario of Fastify loads, in a process of its own: a bare route, and one behind `requireApiKey`.
import { requireApiKey } from '@leadhooks/fastify'
import Fastify from 'fastify'
import { createTokens, openKeys, permissions } from './open.ts'

const [path = ''] = process.argv.slice(2)
const hourly = { name: 'hourly', limit: 1_000_000_000, windowMs: 3_600_000 }
const opened = await openKeys(path, { rateLimits: { perKey: [hourly] } })
const [token = ''] = await createTokens(opened, 1)

const app = Fastify()
const contact = { id: 'contact_1', name: 'Ada Lovelace', email: 'ada@example.com' }
app.get('/bare', async () => contact)
app.get('/guarded', { onRequest: requireApiKey(opened.leadhooks, { permissions }) }, async () => contact)
const url = await app.listen({ port: 0, host: '127.0.0.1' })

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ url, token })
