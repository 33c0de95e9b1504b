export { sqliteStorage, type SqliteStorageOptions } from './sqlite-storage.ts'
export type { HandleOptions, PathOptions } from './open-database.ts'
export type { Database, Statement } from './database.ts'
