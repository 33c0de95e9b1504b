/** The server's time at the start of the statement; with milliseconds only, as every time that is stored. */
export const serverTime = `date_trunc('milliseconds', statement_timestamp())`

/**
 * The time by which a statement judges: the one that was bound, for tests, or else the server's. It is that of the statement
 * and not `now()`, since transactions of the host can be long.
 */
export function nowOr(given: string): string {
  return `coalesce(${given}::timestamptz, ${serverTime})`
}
