// One of several processes that race for a limit. Started by rate-limits.test.ts.
import { postgresRateLimiter } from '@leadhooks/postgres'

const [connectionString = '', key = '', calls = '0'] = process.argv.slice(2)
const limiter = postgresRateLimiter({ connectionString })
await limiter.consume([{ key: 'warm', name: 'up', limit: 10, windowMs: 60_000 }], { cost: 1 })
process.send?.('ready')
process.once('message', () => void race())

async function race(): Promise<void> {
  const check = { key, name: 'hour', limit: 100, windowMs: 3_600_000 }
  const racing = Array.from({ length: Number(calls) }, async () => limiter.consume([check], { cost: 1 }))
  const decisions = await Promise.all(racing)
  process.send?.(decisions.filter(({ allowed }) => allowed).length)
  await limiter.close?.()
}
