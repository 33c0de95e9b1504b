import { LeadhooksError } from '@leadhooks/core/storage'

/**
 * The host's open transaction. A `pg` client is one as it is; for query builders there are `fromKysely`, `fromDrizzle` and so
 * on. The statements that go through it return text, integers and booleans only, whatever parsers the host has set.
 */
export interface PostgresTransaction {
  query(text: string, values: readonly unknown[]): Promise<{ rows: unknown[] }>
}

/** Throws `invalid_request` for what is no transaction. */
export function checkTransaction(tx: PostgresTransaction): PostgresTransaction {
  if (typeof tx?.query !== 'function') throw new LeadhooksError('invalid_request', '`tx` is no transaction')
  return tx
}
