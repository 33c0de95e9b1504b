/** What Postgres itself said of a failure. */
export interface DatabaseError {
  /** https://www.postgresql.org/docs/current/errcodes-appendix.html */
  state: string
  message: string
}

/** The classes of states that Postgres has: codes of Prisma (P2010) and of the system (EPIPE) look the same but for these. */
const stateForm = /^(\d[0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/

const deepest = 8

/** The SQLSTATE of an error, also where a query builder has wrapped it; empty when there is none. */
export function sqlState(error: unknown): string {
  return databaseError(error)?.state ?? ''
}

/** The error of the database within that of a query builder, whose own message may hold the whole statement and its values. */
export function databaseError(error: unknown): DatabaseError | undefined {
  let at = fieldsOf(error)
  for (let depth = 0; at !== undefined && depth < deepest; depth++) {
    const meta = fieldsOf(at['meta'])
    // `originalCode` is what Prisma 7 calls it, `meta.code` what Prisma 5 and 6 do.
    for (const [state, message] of [
      [at['code'], at['message']],
      [at['originalCode'], at['originalMessage']],
      [meta?.['code'], meta?.['message']],
    ])
      if (typeof state === 'string' && stateForm.test(state)) return { state, message: String(message) }
    at = fieldsOf(at['driverError'] ?? meta?.['driverAdapterError'] ?? at['cause'])
  }
  return undefined
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}
