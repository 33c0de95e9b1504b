import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { events } from './events.ts'

export type CrmLeadhooks<Tx = unknown> = Leadhooks<typeof events, Tx>

/** For the quickstart and the tests. */
export type Overrides = Partial<
  Omit<LeadhooksOptions<typeof events>, 'storage' | 'encryptionKeys' | 'events'>
>

/** What each API key may do, unless it has limits of its own. */
export const perKey = [{ name: 'hourly', limit: 1000, windowMs: 3_600_000 }]

/** At once, then 1, 2, 4, 8 and 16 s after each failure; then the delivery is a dead letter. A webhook may have a policy of its own. */
const retry = { name: 'exponential', maxAttempts: 6 } as const

/** Leadhooks with the events of this CRM, the resources of its routes, its limits and its retries. */
export function createCrmLeadhooks<Tx>(
  storage: Storage<Tx>,
  encryptionKey: string | undefined,
  overrides: Overrides = {},
): CrmLeadhooks<Tx> {
  return createLeadhooks({
    storage,
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    events,
    apiKeys: { prefix: 'sk', resources: ['leads'] },
    rateLimits: { perKey },
    delivery: { retry },
    ...overrides,
  })
}
