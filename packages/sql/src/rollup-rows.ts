import {
  readCounts,
  type Rollup,
  type SettledFacts,
  usageIntervals,
  writeCounts,
} from '@leadhooks/core/storage'
import type { RawBuilder } from 'kysely'
import type { Codec } from './codec.ts'
import { corrupt } from './row-mapping.ts'
import type { Tables } from './tables.ts'

/** Stands for all webhooks, or all event types, in a key: there can be no null in one. */
export const all = ''

/** A select of rows from JSON, an array of arrays: `rollupColumns` in that order, the time in milliseconds since the epoch. */
export type RowsFrom = (json: string) => RawBuilder<Tables['rollups']>

export const rollupColumns = [
  'organization_id',
  'interval',
  'webhook_id',
  'event_type',
  'starts_at',
  'counts',
] as const

/** Rollups as `RowsFrom` takes them. */
export function toJson(rollups: readonly Rollup[]): string {
  return JSON.stringify(
    rollups.map(({ organizationId, interval, webhookId, eventType, startsAt, counts }) => {
      const key = [organizationId, interval, webhookId ?? all, eventType ?? all]
      return [...key, startsAt.getTime(), writeCounts(counts)]
    }),
  )
}

export function readRollup(codec: Codec, row: Tables['rollups']): Rollup {
  const { organization_id: organizationId, interval, webhook_id, event_type, starts_at } = row
  try {
    if (!usageIntervals.includes(interval)) throw new TypeError('No such interval')
    return {
      organizationId,
      interval,
      startsAt: codec.date.read(starts_at),
      webhookId: webhook_id === all ? null : webhook_id,
      eventType: event_type === all ? null : event_type,
      counts: readCounts(row.counts),
    }
  } catch (cause) {
    const key = [organizationId, interval, webhook_id, event_type, starts_at].join(' ')
    throw corrupt('rollups', key, 'it holds what nobody here has written', cause)
  }
}

/** What `use` makes of a row of facts. Throws `storage_corrupt` where it cannot. */
export function readFacts<Result>(
  codec: Codec,
  row: Omit<Tables['settled_facts'], 'key'>,
  use: (facts: SettledFacts) => Result,
): Result {
  const { organization_id: organizationId, webhook_id: webhookId, event_type: eventType } = row
  try {
    const settledAt = codec.date.read(row.settled_at)
    return use({ organizationId, webhookId, eventType, settledAt, facts: row.facts })
  } catch (cause) {
    const place = [organizationId, webhookId, eventType, row.settled_at].join(' ')
    throw corrupt('settled_facts', place, 'it holds what nobody here has written', cause)
  }
}
