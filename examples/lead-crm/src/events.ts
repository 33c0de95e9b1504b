import { defineEvents } from '@leadhooks/core'
import { z } from 'zod'
import { leadChanges } from './lead.ts'

const person = { id: z.string(), name: z.string(), email: z.string(), phone: z.string().nullable() }
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
