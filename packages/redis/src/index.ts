export { redisApiKeyChanges, type RedisApiKeyChangesOptions } from './redis-api-key-changes.ts'
export {
  type RedisRateLimiter,
  redisRateLimiter,
  type RedisRateLimiterOptions,
} from './redis-rate-limiter.ts'
export type { LimiterStats } from './limiter-stats.ts'
export type { RedisClient, RedisSubscriber } from './redis-client.ts'
