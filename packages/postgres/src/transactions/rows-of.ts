import { refused } from './refused.ts'

/** The rows that a query in the host's transaction has answered. Throws `invalid_request` where they are not as the database sent them. */
export function rowsOf(result: { rows: unknown[] }): unknown[] {
  const rows: unknown = result?.rows
  if (!Array.isArray(rows))
    throw refused('`tx.query` must answer `{ rows }` with an array, as a client of pg does')
  const renamed = Object.keys(rows[0] ?? {}).find((name) => !/^[a-z]+$/.test(name))
  if (renamed !== undefined)
    throw refused(
      `A column came back from the transaction as "${renamed}": the connection renames columns, even those of one lower-case word. Leave that transform off where you dispatch`,
    )
  return rows
}
