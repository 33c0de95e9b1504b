import type { DeliveryFilters } from '../deliveries/use-deliveries.ts'

/** Where something on the overview leads. */
export type OverviewTarget =
  | { screen: 'webhooks' | 'keys' | 'test' | 'dead-letters' }
  | { screen: 'deliveries'; filters: DeliveryFilters }
