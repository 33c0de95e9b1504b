import type { Codec } from '@leadhooks/sql'

/** How SQLite keeps what is neither text nor a number: times as milliseconds, booleans as 0 and 1, JSON as text. */
export const codec = {
  date: {
    write: (date: Date) => date.getTime(),
    read(stored) {
      const date = new Date(typeof stored === 'number' ? stored : Number.NaN)
      if (Number.isNaN(date.getTime())) throw new TypeError('Not a time')
      return date
    },
  },
  boolean: {
    write: Number,
    read(stored) {
      if (stored !== 0 && stored !== 1) throw new TypeError('Neither 0 nor 1')
      return stored === 1
    },
  },
  json: {
    write: (value: unknown) => JSON.stringify(value),
    read(stored) {
      if (typeof stored !== 'string') throw new TypeError('Not JSON')
      return JSON.parse(stored) as unknown
    },
  },
} satisfies Codec
