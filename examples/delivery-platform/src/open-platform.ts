import { createLeadhooks, type Leadhooks, type LeadhooksOptions } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { prometheusMetrics } from '@leadhooks/prometheus'
import { redisRateLimiter } from '@leadhooks/redis'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { Registry } from 'prom-client'
import type { Environment } from './environment.ts'
import { type TenantStore, tenantStore } from './tenants.ts'

/** What the API and the workers have in common. */
export interface Platform {
  leadhooks: Leadhooks
  tenants: TenantStore
  /** What happens in this process, for Prometheus. */
  metrics: Registry
  /** Throws where Postgres or Redis does not answer. Makes the tables that are missing: any number of processes may do so at once. */
  migrate(): Promise<void>
  close(): Promise<void>
}

/** How many tenants have a label of their own in the metrics; the others count together. */
const labelledTenants = 200

export function openPlatform(environment: Environment, overrides: Partial<LeadhooksOptions> = {}): Platform {
  const pool = new Pool({ connectionString: environment.DATABASE_URL, connectionTimeoutMillis: 5000 })
  const redis = new Redis(environment.REDIS_URL, { maxRetriesPerRequest: 1 })
  // A connection that is lost is made anew. Unheard, it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  redis.on('error', () => {})

  const metrics = new Registry()
  const prometheus = prometheusMetrics({
    register: metrics,
    organizations: labelledTenants,
  })
  const leadhooks = createLeadhooks({
    storage: postgresStorage({ pool }),
    encryptionKeys: [{ id: 'k1', key: environment.LEADHOOKS_ENCRYPTION_KEY }],
    rateLimiter: redisRateLimiter({ client: redis }),
    // At once, then after 1, 2, 4, 8, 16 and 32 s: what fails a seventh time is a dead letter.
    delivery: { retry: 'exponential' },
    observe: prometheus.observe,
    ...overrides,
  })
  prometheus.watch(leadhooks)
  const tenants = tenantStore(pool, leadhooks, Buffer.from(environment.SECRET_KEY, 'base64'))
  return {
    leadhooks,
    tenants,
    metrics,
    async migrate() {
      await redis.ping().catch((cause: unknown) => {
        throw new Error('Redis does not answer: see REDIS_URL', { cause })
      })
      await leadhooks.migrate()
      await tenants.migrate()
    },
    async close() {
      await leadhooks.close()
      await pool.end()
      redis.disconnect()
    },
  }
}
