/**
 * An error as it goes to the log: its name, code, message, stack and causes. What drivers and others hang on theirs stays behind:
 * `detail` and `parameters` are rows of the database, and with them the data of events.
 */
export function loggable(thrown: unknown): unknown {
  if (typeof thrown === 'string') return thrown
  if (!(thrown instanceof Error)) return `a thrown ${kindOf(thrown)}`
  const { name, message, stack, cause } = thrown
  const hidden = { name, message, stack, ...(cause !== undefined && { cause: loggable(cause) }) }
  const error = Object.create(Object.getPrototypeOf(thrown) as object) as Error
  for (const [key, value] of Object.entries(hidden))
    Object.defineProperty(error, key, { value, configurable: true, writable: true })
  if ('code' in thrown && ['string', 'number'].includes(typeof thrown.code))
    Object.assign(error, { code: thrown.code })
  return error
}

function kindOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return thrown === null ? 'null' : typeof thrown
  return thrown.constructor?.name ?? 'object'
}
