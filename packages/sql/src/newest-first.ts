import type { PagePosition } from '@leadhooks/core/storage'
import { type RawBuilder, sql } from 'kysely'
import type { Codec } from './codec.ts'

/** The columns that say how old a row is, the second of them among rows of the same time. */
export type AgeColumn = 'created_at' | 'id'

/**
 * The rows behind a place in a list that runs from the newest to the oldest: all of them when no place is given. It
 * compares the columns at once, so that an index over them leads straight to the place, however deep in the list it is.
 */
export function behind(
  codec: Codec,
  place: PagePosition | undefined,
  order: readonly AgeColumn[] = ['created_at', 'id'],
): RawBuilder<boolean> {
  if (place === undefined) return sql<boolean>`true`
  const values = { created_at: codec.date.write(place.createdAt), id: place.id }
  const columns = sql.join(order.map((column) => sql.ref(column)))
  return sql<boolean>`(${columns}) < (${sql.join(order.map((column) => values[column]))})`
}
