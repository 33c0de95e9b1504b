import type { Lead, LeadChanges, NewLead } from './lead.ts'

/** Where the CRM keeps its leads. Every write takes its event with it: either both exist or neither does. */
export interface LeadStore {
  /** Makes the table where there is none. Any number of processes may do so at once. */
  migrate(): Promise<void>
  createLead(organizationId: string, input: NewLead): Promise<Lead>
  /** Saves all of them with their events, or, if one is refused, none. */
  importLeads(organizationId: string, inputs: readonly NewLead[]): Promise<Lead[]>
  /** Changes a lead and tells so; what is set to the value it has is no change. Null: no such lead. */
  updateLead(organizationId: string, id: string, wanted: LeadChanges): Promise<Lead | null>
  /** The newest 100. */
  listLeads(organizationId: string): Promise<Lead[]>
}
