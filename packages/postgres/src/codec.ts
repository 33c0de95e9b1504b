import type { Codec } from '@leadhooks/sql'

/** How Postgres keeps what is neither text nor a number: timestamptz(3), boolean, jsonb. */
export const codec = {
  date: {
    write: (date: Date) => date,
    read(stored) {
      if (!(stored instanceof Date) || Number.isNaN(stored.getTime())) throw new TypeError('Not a time')
      return stored
    },
  },
  boolean: {
    write: (value: boolean) => value,
    read(stored) {
      if (typeof stored !== 'boolean') throw new TypeError('Neither true nor false')
      return stored
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
