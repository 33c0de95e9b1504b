import type { Database } from 'better-sqlite3'
import { leadUpdateEvent, newLeadEvent } from './events.ts'
import { differences, type Lead, makeLead, type NewLead } from './lead.ts'
import type { LeadStore } from './lead-store.ts'
import type { CrmLeadhooks } from './leadhooks.ts'

const columns = 'id, name, email, phone, source, status, createdAt'

/** Leads in SQLite, where a transaction is a function that waits for nothing: `dispatchEventSync` is called inside of it. */
export function sqliteLeads(database: Database, leadhooks: CrmLeadhooks): LeadStore {
  function create(organizationId: string, input: NewLead): Lead {
    const lead = makeLead(input)
    database
      .prepare(
        `INSERT INTO leads (organizationId, ${columns})
         VALUES (:organizationId, :id, :name, :email, :phone, :source, :status, :createdAt)`,
      )
      .run({ organizationId, ...lead })
    leadhooks.dispatchEventSync(newLeadEvent(organizationId, lead))
    return lead
  }

  function find(organizationId: string, id: string): Lead | undefined {
    const query = `SELECT ${columns} FROM leads WHERE organizationId = ? AND id = ?`
    return database.prepare<[string, string], Lead>(query).get(organizationId, id)
  }

  /** Takes the write lock at once: a transaction that begins with a read could otherwise find the database busy halfway. */
  function inTransaction<T>(work: () => T): T {
    return database.transaction(work).immediate()
  }

  return {
    async migrate() {
      database.exec(`
        CREATE TABLE IF NOT EXISTS leads (
          id TEXT PRIMARY KEY,
          organizationId TEXT NOT NULL,
          name TEXT NOT NULL,
          email TEXT NOT NULL,
          phone TEXT,
          source TEXT NOT NULL,
          status TEXT NOT NULL,
          createdAt TEXT NOT NULL,
          UNIQUE (organizationId, email)
        ) STRICT`)
    },

    createLead: async (organizationId, input) => inTransaction(() => create(organizationId, input)),

    importLeads: async (organizationId, inputs) =>
      inTransaction(() => inputs.map((input) => create(organizationId, input))),

    updateLead: async (organizationId, id, wanted) =>
      inTransaction(() => {
        const before = find(organizationId, id)
        if (before === undefined) return null
        const changes = differences(before, wanted)
        if (Object.keys(changes).length === 0) return before

        const lead: Lead = { ...before, ...changes }
        database
          .prepare(
            `UPDATE leads SET name = :name, email = :email, phone = :phone, source = :source, status = :status
             WHERE organizationId = :organizationId AND id = :id`,
          )
          .run({ organizationId, ...lead })
        leadhooks.dispatchEventSync(leadUpdateEvent(organizationId, lead, changes))
        return lead
      }),

    async listLeads(organizationId) {
      const query = `SELECT ${columns} FROM leads WHERE organizationId = ? ORDER BY createdAt DESC, rowid DESC LIMIT 100`
      return database.prepare<[string], Lead>(query).all(organizationId)
    },
  }
}
