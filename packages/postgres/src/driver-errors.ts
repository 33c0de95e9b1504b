import { LeadhooksError } from '@leadhooks/core/storage'
import { tablesMissing } from '@leadhooks/sql'
import { type DatabaseError, databaseError, sqlState } from './transactions/sql-state.ts'

type Code = ConstructorParameters<typeof LeadhooksError>[0]

/** Two transactions got in each other's way, and this one was undone: the same call can succeed at once. */
export function isContention(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(sqlState(error))
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const advice: [states: RegExp, code: Code, advice: string][] = [
  [
    /^(40001|40P01|55P03)$/,
    'conflict',
    'Another transaction got in the way and this one was undone: run it again from its beginning',
  ],
  [/^25P02$/, 'conflict', 'A statement before this one failed, and the transaction with it: roll it back'],
  [/^23505$/, 'conflict', 'There is such a row already'],
  [
    /^25006$/,
    'storage_unavailable',
    'The server takes no writes (a replica, or default_transaction_read_only): connect to the primary',
  ],
  [
    /^(28|3D)/,
    'storage_unavailable',
    'See to it that the user, the password and the database of the connection are right',
  ],
  [
    /^42501$/,
    'storage_unavailable',
    'Grant the user of the connection the rights on the schema of Leadhooks',
  ],
  [/^53/, 'storage_unavailable', 'The server has run out of connections, memory or disk'],
  [/^(08|57|58|XX)/, 'storage_unavailable', 'The server is down, is starting or has dropped the connection'],
  [
    /^22(P05|021)$/,
    'invalid_request',
    'Postgres cannot keep this text: it holds a NUL or is not valid in the encoding of the database',
  ],
]

/** What the storage throws for what the driver threw. `unreached`: what to do where the server has not answered at all. */
export function asLeadhooksError(
  error: unknown,
  unreached = 'See to it that the server is up and can be reached',
): unknown {
  if (error instanceof LeadhooksError || !(error instanceof Error)) return error
  const answer = databaseError(error)
  if (answer !== undefined) return answered(answer, error)
  // What has no SQLSTATE never reached the server, or never came back.
  return isMistake(error) ? error : failure('storage_unavailable', describe(error), unreached, error)
}

function answered({ state, message }: DatabaseError, error: Error): LeadhooksError {
  if (/^(42P01|42703|42883|3F000)$/.test(state)) return tablesMissing(undefined, error)
  const what = `${message} (${state})`
  const found = advice.find(([states]) => states.test(state))
  if (found === undefined) return failure('internal', what, 'Please report this', error)
  return failure(found[1], what, found[2], error)
}

function failure(code: Code, what: string, todo: string, cause: unknown): LeadhooksError {
  return new LeadhooksError(code, `Postgres: ${what}. ${todo}`, { cause })
}

/** A bug of ours is no failure of the network. */
function isMistake(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
}

/** A refused connection to a name with several addresses is an AggregateError without a message. */
function describe(error: Error): string {
  if (error.message !== '') return error.message
  return 'code' in error ? String(error.code) : error.name
}
