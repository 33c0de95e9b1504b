import type { PostgresTransaction } from '@leadhooks/postgres'
import type { Pool, PoolClient } from 'pg'
import { leadUpdateEvent, newLeadEvent } from './events.ts'
import { inTransaction } from './in-transaction.ts'
import { differences, type Lead, makeLead, type NewLead } from './lead.ts'
import type { LeadStore } from './lead-store.ts'
import type { CrmLeadhooks } from './leadhooks.ts'

/** Leads in Postgres, where a transaction belongs to a connection: `dispatchEvent` is handed that as `tx`. */
export function postgresLeads(pool: Pool, leadhooks: CrmLeadhooks<PostgresTransaction>): LeadStore {
  async function create(client: PoolClient, organizationId: string, input: NewLead): Promise<Lead> {
    const lead = makeLead(input)
    const { id, name, email, phone, source, status, createdAt } = lead
    await client.query(
      `insert into leads (organization_id, id, name, email, phone, source, status, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [organizationId, id, name, email, phone, source, status, createdAt],
    )
    await leadhooks.dispatchEvent(newLeadEvent(organizationId, lead), { tx: client })
    return lead
  }

  return {
    async migrate() {
      await inTransaction(pool, async (client) => {
        // Of two processes at the same moment one would otherwise fail, in spite of `if not exists`.
        await client.query(`select pg_advisory_xact_lock(hashtext('lead-crm'))`)
        await client.query(`
          create table if not exists leads (
            id text primary key,
            organization_id text not null,
            name text not null,
            email text not null,
            phone text,
            source text not null,
            status text not null,
            created_at timestamptz not null,
            unique (organization_id, email)
          )`)
      })
    },

    createLead: async (organizationId, input) =>
      inTransaction(pool, async (client) => create(client, organizationId, input)),

    importLeads: async (organizationId, inputs) =>
      inTransaction(pool, async (client) => {
        const leads: Lead[] = []
        for (const input of inputs) leads.push(await create(client, organizationId, input))
        return leads
      }),

    updateLead: async (organizationId, id, wanted) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<Row>(
          `select ${columns} from leads where organization_id = $1 and id = $2 for update`,
          [organizationId, id],
        )
        const [before] = rows.map(toLead)
        if (before === undefined) return null
        const changes = differences(before, wanted)
        if (Object.keys(changes).length === 0) return before

        const lead: Lead = { ...before, ...changes }
        const { name, email, phone, source, status } = lead
        await client.query(
          `update leads set name = $3, email = $4, phone = $5, source = $6, status = $7
           where organization_id = $1 and id = $2`,
          [organizationId, id, name, email, phone, source, status],
        )
        await leadhooks.dispatchEvent(leadUpdateEvent(organizationId, lead, changes), { tx: client })
        return lead
      }),

    async listLeads(organizationId) {
      const { rows } = await pool.query<Row>(
        `select ${columns} from leads where organization_id = $1 order by created_at desc, id desc limit 100`,
        [organizationId],
      )
      return rows.map(toLead)
    },
  }
}

const columns = 'id, name, email, phone, source, status, created_at as "createdAt"'

type Row = Omit<Lead, 'createdAt'> & { createdAt: Date }

function toLead({ createdAt, ...lead }: Row): Lead {
  return { ...lead, createdAt: createdAt.toISOString() }
}
