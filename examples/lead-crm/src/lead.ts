import { randomUUID } from 'node:crypto'
import { z } from 'zod'

/** Someone who may become a customer of an organization. */
export interface Lead {
  id: string
  name: string
  email: string
  phone: string | null
  source: string
  status: (typeof leadStatuses)[number]
  createdAt: string
}

const leadStatuses = ['new', 'contacted', 'qualified', 'won', 'lost'] as const

const text = (maxLength: number) =>
  z.string().trim().min(1, 'Must not be empty').max(maxLength, `Must be ${maxLength} characters or fewer`)

const fields = z.strictObject({
  name: text(200),
  email: z.email('Must be an email address'),
  phone: text(40).nullable(),
  source: text(80),
  status: z.enum(leadStatuses),
})

/** What `POST /leads` takes. */
export const newLead = fields.omit({ status: true }).extend({
  phone: fields.shape.phone.default(null),
  source: fields.shape.source.default('api'),
})
export type NewLead = z.output<typeof newLead>

/** What `PATCH /leads/:id` takes: any of the fields. */
export const leadChanges = fields.exactPartial()
export type LeadChanges = z.output<typeof leadChanges>

export function makeLead(input: NewLead): Lead {
  return { id: `lead_${randomUUID()}`, ...input, status: 'new', createdAt: new Date().toISOString() }
}

/** What of the wanted is not so yet. */
export function differences(lead: Lead, wanted: LeadChanges): LeadChanges {
  const current = new Map<string, unknown>(Object.entries(lead))
  return Object.fromEntries(Object.entries(wanted).filter(([field, value]) => current.get(field) !== value))
}
