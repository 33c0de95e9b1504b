import { randomUUID } from 'node:crypto'
import { rateLimiterConformance } from '@leadhooks/core/conformance'
import { redisRateLimiter } from '@leadhooks/redis'
import { testRedis } from '@leadhooks/test-services/vitest'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, test } from 'vitest'

let client: Redis
beforeAll(async () => {
  client = new Redis((await testRedis()).url)
})
afterAll(() => client.disconnect())

for (const { name, run } of rateLimiterConformance) {
  test(name, async () =>
    run(async () => redisRateLimiter({ client, prefix: `${randomUUID()}:`, deadlineMs: 10_000 })),
  )
}
