import type { Retention } from './retention.ts'
import type { MaintenanceWindow } from './webhook.ts'

/** A tenant, by the id that the host knows it by. An organization needs no row here to have keys, webhooks and events. */
export interface Organization {
  id: string
  name: string | null
  /** How many events it may publish through the management API in a minute; null where the host's default holds. */
  eventsPerMinute: number | null
  /** Nothing is sent to any of its webhooks in any of these. */
  maintenance: MaintenanceWindow[]
  /** For how long its deliveries are kept; null where the host's default holds. */
  retention: Retention | null
  createdAt: Date
}
