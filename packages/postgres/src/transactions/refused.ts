import { LeadhooksError } from '@leadhooks/core/storage'

export function refused(message: string): LeadhooksError {
  return new LeadhooksError('invalid_request', message)
}

/** For what runs queries, but in no transaction of the host's. */
export function notOpen(what: string, instead: string): LeadhooksError {
  const why =
    'each query on it is committed by itself, perhaps on another connection, and the event would stay when your transaction is rolled back'
  return refused(`${what}: ${why}. ${instead}`)
}

export function describe(value: unknown): string {
  if (value === null || typeof value === 'undefined') return String(value)
  const name = typeof value === 'object' ? value.constructor?.name : undefined
  return name === undefined ? `a ${typeof value}` : `an object (${name})`
}
