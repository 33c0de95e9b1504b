export { createLeadhooksClient, type LeadhooksClient } from './create-client.ts'
export { ApiError, type ApiErrorCode, type ApiIssue, isApiError } from './api-error.ts'
export type { CallOptions, LeadhooksClientOptions } from './send.ts'
export { type LiveEvent, streamDeliveries, type StreamOptions } from './live-deliveries.ts'
export type { List, Page } from './list.ts'
/** What requests carry and answers hold, by the names that the API describes them by. */
export type * from './api-types.ts'
