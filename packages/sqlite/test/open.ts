import type { Storage } from '@leadhooks/core/storage'
import { type Database, sqliteStorage, type SqliteStorageOptions } from '@leadhooks/sqlite'
import BetterSqlite from 'better-sqlite3'
import { onTestFinished } from 'vitest'

/** A host's own handle, closed when the test ends. */
export function hostHandle(path: string, options?: BetterSqlite.Options): BetterSqlite.Database {
  const database = new BetterSqlite(path, options)
  onTestFinished(() => void database.close())
  return database
}

/** A storage that is closed when the test ends. */
export function openStorage(options: SqliteStorageOptions): Storage<Database> {
  const storage = sqliteStorage(options)
  onTestFinished(async () => storage.close())
  return storage
}

export async function openMigrated(options: SqliteStorageOptions): Promise<Storage<Database>> {
  const storage = openStorage(options)
  await storage.migrate()
  return storage
}
