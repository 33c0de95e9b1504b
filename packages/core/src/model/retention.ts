import type { DeliveryStatus } from './delivery.ts'

/** What a delivery can have ended as. */
export type FinishedStatus = Extract<DeliveryStatus, 'delivered' | 'dead_letter' | 'cancelled'>

/** How many days something is kept; false: for ever. */
export type DaysKept = number | false

/** For how long finished deliveries are kept, counted from their end. What is left out is another's to say. */
export interface Retention {
  /** Those of which nothing else is said, and replays of many. */
  days?: DaysKept | undefined
  deliveredDays?: DaysKept | undefined
  deadLetterDays?: DaysKept | undefined
  cancelledDays?: DaysKept | undefined
}
