import {
  createLeadhooks,
  type Leadhooks,
  type LeadhooksOptions,
  type RateLimiter,
  type Storage,
} from '@leadhooks/core'
import { redisRateLimiter } from '@leadhooks/redis'
import { Redis } from 'ioredis'
import type { Environment } from './environment.ts'
import { events } from './events.ts'
import { resources } from './records.ts'

/** For the tests, and a logger. */
export type Overrides = Partial<
  Omit<LeadhooksOptions<typeof events>, 'storage' | 'events' | 'encryptionKeys'>
>

/** Leadhooks with the events of this CRM, its resources, limits and retries. */
export function createCrmLeadhooks<Tx>(
  storage: Storage<Tx>,
  environment: Environment,
  overrides: Overrides,
): Leadhooks<typeof events, Tx> {
  return createLeadhooks({
    storage,
    events,
    encryptionKeys: [{ id: 'k1', key: environment.LEADHOOKS_ENCRYPTION_KEY }],
    apiKeys: { resources: Object.keys(resources), defaultExpiresInDays: environment.API_KEY_EXPIRY_DAYS },
    rateLimits: { perKey: [{ name: 'hourly', limit: 1000, windowMs: 3_600_000 }] },
    ...(environment.REDIS_URL !== undefined && { rateLimiter: inRedis(environment.REDIS_URL) }),
    delivery: {
      retry: { name: 'stepped', maxAttempts: Math.min(environment.WEBHOOK_RETRY_ATTEMPTS, 6) },
      autoDisable: { consecutiveFailures: 10 },
    },
    ...overrides,
  })
}

function inRedis(url: string): RateLimiter {
  const client = new Redis(url, { maxRetriesPerRequest: 1 })
  // Unheard, a lost connection would end the process. While it is lost, each server counts for itself.
  client.on('error', () => {})
  return { ...redisRateLimiter({ client }), close: async () => client.disconnect() }
}
