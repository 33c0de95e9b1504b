// One of several processes that race for a limit. Started by processes.test.ts.
import { redisRateLimiter } from '@leadhooks/redis'
import { Redis } from 'ioredis'

const [url = '', prefix = '', calls = '0'] = process.argv.slice(2)
const client = new Redis(url)
const limiter = redisRateLimiter({ client, prefix, deadlineMs: 10_000 })
await client.ping()
process.send?.('ready')
process.once('message', () => void race())

async function race(): Promise<void> {
  const check = { key: 'key_1', name: 'minute', limit: 100, windowMs: 60_000 }
  const racing = Array.from({ length: Number(calls) }, async () => limiter.consume([check], { cost: 1 }))
  const decisions = await Promise.all(racing)
  process.send?.(decisions.filter(({ allowed }) => allowed).length)
  client.disconnect()
}
