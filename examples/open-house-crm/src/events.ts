import { defineEvents } from '@leadhooks/core'
import { z } from 'zod'
import { type Resource, resources } from './records.ts'

/** What webhooks can be told of: that a contact, a transaction or a property was created, updated or deleted; and a test. */
export const events = defineEvents({
  ...lifeOf('contacts'),
  ...lifeOf('transactions'),
  ...lifeOf('properties'),
  'webhook.test': {
    description: 'Test event for webhook verification',
    schema: z.object({ message: z.string() }),
    example: { message: 'This is a test' },
  },
})

function lifeOf(resource: Resource): Parameters<typeof defineEvents>[0] {
  const { singular, fields, example } = resources[resource]
  const id = z.string()
  const known = { id: `${singular}_1`, ...example }
  return {
    [`${singular}.created`]: {
      description: `Triggered when a new ${singular} is created`,
      schema: fields.extend({ id }),
      example: known,
    },
    [`${singular}.updated`]: {
      description: `Triggered when a ${singular} is updated; \`changes\` holds the new values`,
      schema: fields.extend({ id, changes: fields.partial() }),
      example: { ...known, changes: { ...example } },
    },
    [`${singular}.deleted`]: {
      description: `Triggered when a ${singular} is deleted`,
      schema: z.object({ id }),
      example: { id: known.id },
    },
  }
}
