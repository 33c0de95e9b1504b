import type { Storage } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'

/** Where a database is, as it can be told to another process. */
export type StoragePlace = { kind: 'postgres'; url: string } | { kind: 'sqlite'; path: string }

export function openPlace(place: StoragePlace): Storage {
  return place.kind === 'postgres'
    ? postgresStorage({ connectionString: place.url, maxConnections: 5 })
    : sqliteStorage({ path: place.path })
}
