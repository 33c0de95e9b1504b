export { startPostgres } from './postgres-server.ts'
export type { PostgresServer, StartPostgresOptions } from './postgres-server.ts'
export { startRedis } from './redis-server.ts'
export type { RedisServer, StartRedisOptions } from './redis-server.ts'
