import { z } from 'zod'

/** A value as JSON carries it: dates as text. Holds the schema of an answer against the type that is answered. */
export type Json<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: Json<T[Key]> } : T

/** A date in an answer (RFC 3339). */
export const dateTime = z.iso.datetime()

/** A page of a list. */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'The `cursor` of the next page; null on the last one' }),
  })
}
