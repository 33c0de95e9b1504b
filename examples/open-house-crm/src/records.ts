import { z } from 'zod'

const text = (maxLength: number) => z.string().trim().min(1, 'Must not be empty').max(maxLength)
const id = text(60).nullable()
const price = z.number().min(0)

/** What the CRM keeps. Each has a table, routes under `/api`, permissions (`read:contacts`) and three events. */
export const resources = {
  contacts: {
    singular: 'contact',
    fields: z.strictObject({
      name: text(200),
      email: z.email('Must be an email address'),
      phone: text(40).nullable(),
    }),
    defaults: { phone: null },
    example: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+442079460018' },
  },
  transactions: {
    singular: 'transaction',
    fields: z.strictObject({
      stage: z.enum(['offer', 'accepted', 'closed', 'cancelled']),
      price,
      contactId: id,
      propertyId: id,
    }),
    defaults: { stage: 'offer', contactId: null, propertyId: null },
    example: { stage: 'offer', price: 450_000, contactId: 'contact_1', propertyId: 'property_1' },
  },
  properties: {
    singular: 'property',
    fields: z.strictObject({
      address: text(300),
      price,
      status: z.enum(['listed', 'under_offer', 'sold']),
    }),
    defaults: { status: 'listed' },
    example: { address: '12 St James’s Square, London', price: 450_000, status: 'listed' },
  },
}

export type Resource = keyof typeof resources
export type Fields = z.output<(typeof resources)[Resource]['fields']>
export type Changes = Partial<Fields>

/** A contact, a transaction or a property. */
export type CrmRecord = Fields & { id: string; createdAt: Date; updatedAt: Date }
