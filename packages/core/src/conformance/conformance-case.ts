import type { Storage } from '../storage/storage.ts'

/** One promise of the contract. */
export interface ConformanceCase {
  /** The promise, as a sentence. */
  name: string
  /** Rejects where the storage breaks the promise. `open` gives a fresh, migrated, empty storage; the case closes it. */
  run: (open: () => Promise<Storage>) => Promise<void>
}

export function storageCase(name: string, check: (storage: Storage) => Promise<void>): ConformanceCase {
  return {
    name,
    async run(open) {
      const storage = await open()
      try {
        await check(storage)
      } finally {
        await storage.close()
      }
    },
  }
}
