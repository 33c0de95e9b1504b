import type { CustomTypesConfig } from 'pg'

// https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
const boolean = 16
const numbers = new Set([20, 21, 23, 700, 701])
const timestamptz = 1184

/**
 * How values come out of rows, whatever parsers the host has set for the whole process (`pg.types.setTypeParser`). All that
 * is not listed stays text.
 */
export const columnTypes: CustomTypesConfig = {
  getTypeParser(oid: number) {
    if (oid === boolean) return (text: string) => text === 't'
    if (numbers.has(oid)) return Number
    if (oid === timestamptz) return parseTime
    return asIs
  },
}

/** `2026-01-01 12:30:00.123+00`: but for the blank and the bare hours of the offset, ISO 8601. */
function parseTime(text: string): Date {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
}

function asIs(text: string): string {
  return text
}
