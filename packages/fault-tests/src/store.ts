import { join } from 'node:path'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { postgresRows } from './postgres-rows.ts'
import type { Rows } from './rows.ts'
import { sqliteRows } from './sqlite-rows.ts'
import type { StoragePlace } from './storage-place.ts'

/** A database of one scenario: where it is, and how its rows are read. */
export interface Store {
  place: StoragePlace
  rows: Rows
}

export type StorageKind = StoragePlace['kind']

/** The storages that scenarios run on. */
const stores: Record<StorageKind, (directory: string) => Promise<Store>> = {
  async postgres() {
    return postgresStore(await (await testPostgres()).createDatabase())
  },
  async sqlite(directory) {
    const path = join(directory, 'crm.db')
    return { place: { kind: 'sqlite', path }, rows: sqliteRows(path) }
  },
}

/** An empty database. `directory`: where files of it may lie. */
export async function createStore(kind: StorageKind, directory: string): Promise<Store> {
  return stores[kind](directory)
}

export function postgresStore(url: string): Store {
  return { place: { kind: 'postgres', url }, rows: postgresRows(url) }
}

/** The same database, by another port: that of a proxy. */
export function byPort(place: StoragePlace, port: number): StoragePlace {
  if (place.kind !== 'postgres') return place
  const url = new URL(place.url)
  url.port = String(port)
  return { kind: 'postgres', url: url.href }
}
