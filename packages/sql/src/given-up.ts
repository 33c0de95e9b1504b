import type { GivenUp } from '@leadhooks/core/storage'

/** The columns of a delivery that was given up, for what is told of it. */
export const givenUpColumns = 'id, organization_id, webhook_id, event_id, event_type'

export interface GivenUpRow {
  id: string
  organization_id: string
  webhook_id: string
  event_id: string
  event_type: string
}

export function readGivenUp(row: GivenUpRow): GivenUp {
  const { id, organization_id, webhook_id, event_id, event_type } = row
  return {
    id,
    organizationId: organization_id,
    webhookId: webhook_id,
    eventId: event_id,
    eventType: event_type,
  }
}
