import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { events } from './events.ts'

export type CrmLeadhooks<Tx = unknown> = Leadhooks<typeof events, Tx>

/** For the quickstart and the tests. */
export type Overrides = Partial<
  Omit<LeadhooksOptions<typeof events>, 'storage' | 'encryptionKeys' | 'events'>
>

/** Leadhooks with the events of this CRM. */
export function createCrmLeadhooks<Tx>(
  storage: Storage<Tx>,
  encryptionKey: string | undefined,
  overrides: Overrides = {},
): CrmLeadhooks<Tx> {
  return createLeadhooks({
    storage,
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    events,
    ...overrides,
  })
}
