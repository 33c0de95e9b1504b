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

const fields = z.strictObject({
  name: z.string().trim().min(1).max(200),
  email: z.email(),
  phone: z.string().trim().min(1).max(40).nullable(),
  source: z.string().trim().min(1).max(80),
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
