import { defineEvents, type NewEventOf } from '@leadhooks/core'
import { z } from 'zod'
import { type Lead, type LeadChanges, leadChanges } from './lead.ts'

const person = {
  id: z.string(),
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable().optional(),
}
const example = { id: 'lead_123', name: 'John Doe', email: 'john@example.com', phone: '+1234567890' }

/** What the customers of this CRM can be told about. `dispatchEvent` is typed and checked by it. */
export const events = defineEvents({
  new_lead: {
    description: 'A lead came in',
    schema: z.object({ ...person, source: z.string() }),
    example: { ...example, source: 'website' },
  },
  lead_update: {
    description: 'A lead was changed; `changes` holds the new values',
    schema: z.object({ ...person, changes: leadChanges }),
    example: { ...example, changes: { status: 'contacted' } },
  },
})

export function newLeadEvent(organizationId: string, lead: Lead): NewEventOf<typeof events, 'new_lead'> {
  const { id, name, email, phone, source } = lead
  return { organizationId, type: 'new_lead', data: { id, name, email, phone, source } }
}

export function leadUpdateEvent(
  organizationId: string,
  { id, name, email, phone }: Lead,
  changes: LeadChanges,
): NewEventOf<typeof events, 'lead_update'> {
  return { organizationId, type: 'lead_update', data: { id, name, email, phone, changes } }
}
