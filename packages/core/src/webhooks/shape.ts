import type { LeadhooksEvent } from '../model/event.ts'
import type { Webhook } from '../model/webhook.ts'

/** What the host's `delivery.shape` is called with. It may keep and change all of it. */
export interface ShapeInput {
  event: Omit<LeadhooksEvent, 'channels' | 'orderingKey'>
  webhook: Webhook
  /** What the mapping of the webhook has made of the event's data; without one, that data. */
  data: unknown
}

/** Answers the data to send in place of what it was given, or undefined for just that; it may be async. */
export type Shape = (input: ShapeInput) => unknown
