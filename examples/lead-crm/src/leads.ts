import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import type { Lead, LeadChanges, NewLead } from './lead.ts'
import type { CrmLeadhooks } from './leadhooks.ts'

export interface Crm {
  database: Database
  leadhooks: CrmLeadhooks
}

const columns = 'id, name, email, phone, source, status, createdAt'

/** Saves a lead together with its event: either both exist or neither does. */
export function createLead({ database, leadhooks }: Crm, organizationId: string, input: NewLead): Lead {
  return writing(database, () => {
    const lead: Lead = {
      id: `lead_${randomUUID()}`,
      ...input,
      status: 'new',
      createdAt: new Date().toISOString(),
    }
    database
      .prepare(
        `INSERT INTO leads (organizationId, ${columns})
         VALUES (:organizationId, :id, :name, :email, :phone, :source, :status, :createdAt)`,
      )
      .run({ organizationId, ...lead })

    const { id, name, email, phone, source } = lead
    leadhooks.dispatchEventSync({
      organizationId,
      type: 'new_lead',
      data: { id, name, email, phone, source },
    })
    return lead
  })
}

/** Saves all of them with their events, or, if one is refused, none. */
export function importLeads(crm: Crm, organizationId: string, inputs: readonly NewLead[]): Lead[] {
  return writing(crm.database, () => inputs.map((input) => createLead(crm, organizationId, input)))
}

/** Changes a lead and tells so in the same transaction; what is set to the value it has is no change. Null: no such lead. */
export function updateLead(
  { database, leadhooks }: Crm,
  organizationId: string,
  id: string,
  wanted: LeadChanges,
): Lead | null {
  return writing(database, () => {
    const before = findLead(database, organizationId, id)
    if (before === null) return null
    const changes = differences(before, wanted)
    if (Object.keys(changes).length === 0) return before

    const lead: Lead = { ...before, ...changes }
    database
      .prepare(
        `UPDATE leads SET name = :name, email = :email, phone = :phone, source = :source, status = :status
         WHERE organizationId = :organizationId AND id = :id`,
      )
      .run({ organizationId, ...lead })

    const { name, email, phone } = lead
    leadhooks.dispatchEventSync({
      organizationId,
      type: 'lead_update',
      data: { id, name, email, phone, changes },
    })
    return lead
  })
}

export function findLead(database: Database, organizationId: string, id: string): Lead | null {
  const query = `SELECT ${columns} FROM leads WHERE organizationId = ? AND id = ?`
  return database.prepare<[string, string], Lead>(query).get(organizationId, id) ?? null
}

/** The newest 100. */
export function listLeads(database: Database, organizationId: string): Lead[] {
  const query = `SELECT ${columns} FROM leads WHERE organizationId = ? ORDER BY createdAt DESC, rowid DESC LIMIT 100`
  return database.prepare<[string], Lead>(query).all(organizationId)
}

/** Takes the write lock at once: a transaction that begins with a read could otherwise find the database busy halfway. */
function writing<T>(database: Database, work: () => T): T {
  return database.transaction(work).immediate()
}

function differences(lead: Lead, wanted: LeadChanges): LeadChanges {
  const current = new Map<string, unknown>(Object.entries(lead))
  return Object.fromEntries(Object.entries(wanted).filter(([field, value]) => current.get(field) !== value))
}
