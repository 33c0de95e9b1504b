import Database from 'better-sqlite3'

/** Opens the CRM's own database. Leadhooks keeps its tables in the same file, so that one transaction covers both. */
export function openDatabase(path: string): Database.Database {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.exec(`
    CREATE TABLE IF NOT EXISTS leads (
      id TEXT PRIMARY KEY,
      organizationId TEXT NOT NULL,
      name TEXT NOT NULL,
      email TEXT NOT NULL,
      phone TEXT,
      source TEXT NOT NULL,
      status TEXT NOT NULL,
      createdAt TEXT NOT NULL,
      UNIQUE (organizationId, email)
    ) STRICT`)
  return database
}
