import type { RateLimiter } from '@leadhooks/core'
import { redisRateLimiter } from '@leadhooks/redis'
import { Redis } from 'ioredis'

/** Rate limits that all servers of the CRM count together. While Redis is gone, each goes on counting for itself. */
export function sharedLimits(url: string): { rateLimiter: RateLimiter; check(): Promise<void> } {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 })
  // Unheard, a lost connection would end the process. The health check tells of it.
  client.on('error', () => {})
  return {
    rateLimiter: { ...redisRateLimiter({ client }), close: async () => client.disconnect() },
    /** Throws where nothing answers: a server that has just been set up is to say so. */
    async check() {
      await client.ping().catch((cause: unknown) => {
        throw new Error('Redis does not answer: see REDIS_URL', { cause })
      })
    },
  }
}
