import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { events } from './events.ts'

export type CrmLeadhooks<Tx = unknown> = Leadhooks<typeof events, Tx>

/** For the quickstart and the tests. */
export type Overrides = Partial<
  Omit<LeadhooksOptions<typeof events>, 'storage' | 'encryptionKeys' | 'events'>
>

/** What each API key may do, unless it has limits of its own. Counted in memory: each server lets as much through. */
export const perKey = [{ name: 'hourly', limit: 1000, windowMs: 3_600_000 }]

/** Leadhooks with the events of this CRM, the resources of its routes and its limits. */
export function createCrmLeadhooks<Tx>(
  storage: Storage<Tx>,
  encryptionKey: string | undefined,
  overrides: Overrides = {},
): CrmLeadhooks<Tx> {
  return createLeadhooks({
    storage,
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    events,
    apiKeys: { resources: ['leads'] },
    rateLimits: { perKey },
    ...overrides,
  })
}
