import type { PagePosition } from '@leadhooks/core/storage'
import { type RawBuilder, sql } from 'kysely'
import type { Codec } from './codec.ts'

/** The columns that say how old a row is, the second of them among rows of the same time. */
export type AgeColumn = 'created_at' | 'id'

const byAge: readonly AgeColumn[] = ['created_at', 'id']

/**
 * The rows behind a place in a list that runs from the newest to the oldest: all of them when no place is given. It
 * compares the columns at once, so that an index over them leads straight to the place, however deep in the list it is.
 */
export function behind(
  codec: Codec,
  place: PagePosition | undefined,
  order: readonly AgeColumn[] = byAge,
): RawBuilder<boolean> {
  if (place === undefined) return sql<boolean>`true`
  return sql<boolean>`${columnsOf(order)} < ${valuesOf(codec, place, order)}`
}

/** The rows behind a place on the way from the oldest to the newest. */
export function ahead(
  codec: Codec,
  place: PagePosition | undefined,
  order: readonly AgeColumn[] = byAge,
): RawBuilder<boolean> {
  if (place === undefined) return sql<boolean>`true`
  return sql<boolean>`${columnsOf(order)} > ${valuesOf(codec, place, order)}`
}

/** The rows up to a place on that way, and the one at it. */
export function upTo(codec: Codec, place: PagePosition): RawBuilder<boolean> {
  return sql<boolean>`${columnsOf(byAge)} <= ${valuesOf(codec, place, byAge)}`
}

function columnsOf(order: readonly AgeColumn[]): RawBuilder<unknown> {
  return sql`(${sql.join(order.map((column) => sql.ref(column)))})`
}

function valuesOf(
  codec: Codec,
  { createdAt, id }: PagePosition,
  order: readonly AgeColumn[],
): RawBuilder<unknown> {
  const values = { created_at: codec.date.write(createdAt), id }
  return sql`(${sql.join(order.map((column) => values[column]))})`
}
