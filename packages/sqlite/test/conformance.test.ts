import { storageConformance } from '@leadhooks/core/conformance'
import { sqliteStorage, type SqliteStorageOptions } from '@leadhooks/sqlite'
import BetterSqlite from 'better-sqlite3'
import { describe, onTestFinished, test } from 'vitest'
import { temporaryFile } from './temporary-file.ts'

function hostDatabase(path: string): BetterSqlite.Database {
  const database = new BetterSqlite(path)
  onTestFinished(() => void database.close())
  return database
}

const modes: Record<string, () => SqliteStorageOptions> = {
  'a path': () => ({ path: temporaryFile(), synchronous: 'NORMAL' }),
  'the handle of a file': () => ({ database: hostDatabase(temporaryFile()) }),
  'the handle of a database in memory': () => ({ database: hostDatabase(':memory:') }),
}

describe.each(Object.entries(modes))('given %s', (_, options) => {
  for (const { name, run } of storageConformance) {
    test(name, async () =>
      run(async () => {
        const storage = sqliteStorage(options())
        await storage.migrate()
        return storage
      }),
    )
  }
})
