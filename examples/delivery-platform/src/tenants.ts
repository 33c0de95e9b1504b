import { createHmac } from 'node:crypto'
import type { Leadhooks, RateLimit } from '@leadhooks/core'
import type { Pool } from 'pg'

/** A customer of the platform. To Leadhooks it is the organization of that id. */
export interface Tenant {
  id: number
  name: string
  email: string
  /** How many events it may publish in a minute. */
  rate_limit: number
  created_at: Date
}

export interface NewTenant {
  name: string
  email: string
  rate_limit: number
}

export interface TenantStore {
  migrate(): Promise<void>
  /** Registers a tenant, with the one API key that it publishes by. Null: there is one of that email. */
  create(tenant: NewTenant): Promise<{ tenant: Tenant; apiKey: string } | null>
  get(id: number): Promise<Tenant | null>
  list(): Promise<Tenant[]>
  /** What all endpoints of a tenant are signed by. It is made of the platform's own secret, and kept nowhere. */
  secretKey(id: number): string
}

export function tenantStore(pool: Pool, leadhooks: Leadhooks, secret: Buffer): TenantStore {
  return {
    async migrate() {
      // In one query, and so in one transaction: `if not exists` alone lets two processes get in each other's way.
      await pool.query(`
        select pg_advisory_xact_lock(hashtext('delivery-platform'));
        create table if not exists tenants (
          id integer generated always as identity primary key,
          name text not null,
          email text not null unique,
          rate_limit integer not null,
          created_at timestamptz not null default now()
        )`)
    },

    async create({ name, email, rate_limit }) {
      const { rows } = await pool.query<Tenant>(
        `insert into tenants (name, email, rate_limit) values ($1, $2, $3) on conflict do nothing returning *`,
        [name, email, rate_limit],
      )
      const [tenant] = rows
      if (tenant === undefined) return null
      const organizationId = String(tenant.id)
      await leadhooks.organizations.upsert({ id: organizationId, name })
      const rateLimits = [eventsPerMinute(rate_limit)]
      const { token } = await leadhooks.apiKeys.create({
        organizationId,
        name: 'Publisher',
        role: 'admin',
        rateLimits,
      })
      return { tenant, apiKey: token }
    },

    async get(id) {
      const { rows } = await pool.query<Tenant>('select * from tenants where id = $1', [id])
      return rows[0] ?? null
    },

    async list() {
      const { rows } = await pool.query<Tenant>('select * from tenants order by id desc limit 100')
      return rows
    },

    secretKey(id) {
      return `whsec_${createHmac('sha256', secret).update(`tenant ${id}`).digest('base64')}`
    },
  }
}

/** A bucket that holds a minute's worth, and is refilled evenly. Routes that publish nothing take nothing of it. */
function eventsPerMinute(limit: number): RateLimit {
  return { name: 'events', limit, windowMs: 60_000, algorithm: 'token-bucket' }
}
