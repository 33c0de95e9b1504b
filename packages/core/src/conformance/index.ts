// For the author of an adapter: what it has to keep, and rows to try it with.
export type { ConformanceCase } from './conformance-case.ts'
export {
  addWebhook,
  after,
  apiKeyRow,
  attemptRow,
  bulkReplayRow,
  claim,
  claimOne,
  dispatch,
  eventRow,
  settle,
  settlementOf,
  start,
  webhookRow,
} from './fixtures.ts'
export {
  httpConformance,
  type HttpConformanceCase,
  type HttpHost,
  type HttpHostOptions,
  type ServeHost,
} from './http.ts'
export { storageConformance } from './storage.ts'
export { rateLimiterConformance, type RateLimiterCase } from './rate-limiter.ts'
