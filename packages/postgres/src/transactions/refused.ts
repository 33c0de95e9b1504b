import { LeadhooksError } from '@leadhooks/core/storage'

export function refused(message: string): LeadhooksError {
  return new LeadhooksError('invalid_request', message)
}

/** For what runs queries, but in no transaction of the host's. */
export function notOpen(what: string, instead: string): LeadhooksError {
  const why = 'the event would be committed by itself, and stay when your transaction is rolled back'
  return refused(`${what}: ${why}. ${instead}`)
}

export function describe(value: unknown): string {
  if (value === null || typeof value === 'undefined') return String(value)
  return typeof value === 'object' ? `an object (${value.constructor?.name})` : `a ${typeof value}`
}
