import type { LeadStore } from './lead-store.ts'
import type { CrmLeadhooks } from './leadhooks.ts'

/** The CRM behind its routes: its leads, and Leadhooks in the same database. */
export interface Crm {
  leads: LeadStore
  leadhooks: CrmLeadhooks
  /** Makes the tables that are missing. Call it at every start. */
  migrate(): Promise<void>
  close(): Promise<void>
}
