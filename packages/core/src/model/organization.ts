/** A tenant, by the id that the host knows it by. An organization needs no row here to have keys, webhooks and events. */
export interface Organization {
  id: string
  name: string | null
  createdAt: Date
}
