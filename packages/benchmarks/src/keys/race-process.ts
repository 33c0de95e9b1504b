// One of the processes that race for the limit of one key.
import { redisRateLimiter } from '@leadhooks/redis'
import { Redis } from 'ioredis'
import { openKeys } from './open.ts'

const [path = '', redisUrl = '', token = '', calls = '0'] = process.argv.slice(2)
const client = new Redis(redisUrl)
const rateLimiter = redisRateLimiter({ client, deadlineMs: 10_000 })
const { leadhooks } = await openKeys(path, { rateLimiter })
await client.ping()

process.once('message', () => void race())
process.send?.('ready')

async function race(): Promise<void> {
  const racing = Array.from({ length: Number(calls) }, () => leadhooks.apiKeys.verify(token))
  const verifications = await Promise.all(racing)
  process.send?.(verifications.filter(({ ok }) => ok).length, () => process.exit(0))
}
