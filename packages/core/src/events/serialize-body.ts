import { LeadhooksError } from '../errors.ts'
import { pointer } from '../input.ts'

export interface BodyLimits {
  /** The longest body of an event, in bytes of UTF-8. @default 262144 (256 KiB) */
  maxBodyBytes: number
  /** How deep the data of an event, or the body of a request, may be nested. @default 64 */
  maxDepth: number
}

/**
 * Serializes an event once: these bytes are stored, and sent on every attempt.
 *
 * Throws `invalid_event_data` for what JSON cannot carry or a database would change, and `payload_too_large`.
 */
export function serializeBody(
  event: { id: string; type: string; createdAt: Date; data: unknown },
  limits: BodyLimits,
): string {
  checkJson(event.data, { parent: null, key: 'data' }, limits.maxDepth)
  const body = JSON.stringify({
    id: event.id,
    event: event.type,
    timestamp: event.createdAt.toISOString(),
    data: event.data,
  })
  const bytes = Buffer.byteLength(body)
  if (bytes > limits.maxBodyBytes) {
    throw new LeadhooksError(
      'payload_too_large',
      `The event has ${bytes} bytes, the limit is ${limits.maxBodyBytes}`,
    )
  }
  return body
}

/** Serializes data that was made of an event's, with the same rules and limits. */
export function serializeData(data: unknown, limits: BodyLimits): string {
  checkJson(data, { parent: null, key: 'data' }, limits.maxDepth)
  const json = JSON.stringify(data)
  const bytes = Buffer.byteLength(json)
  if (bytes <= limits.maxBodyBytes) return json
  const message = `What is made of the event has ${bytes} bytes, the limit is ${limits.maxBodyBytes}`
  throw new LeadhooksError('payload_too_large', message)
}

/** Where a value is, from the inside out: written as a pointer only when something is wrong there. */
interface Path {
  parent: Path | null
  key: PropertyKey
}

/** Refuses what `JSON.stringify` would drop or change without a word, with the path to it. */
function checkJson(value: unknown, path: Path, depthLeft: number): void {
  switch (typeof value) {
    case 'string':
      return checkString(value, path)
    case 'number':
      return Number.isFinite(value) ? undefined : refuse(path, `${value} is no JSON number`)
    case 'boolean':
      return
    case 'object':
      if (value === null) return
      if (depthLeft === 0) throw tooDeep(path)
      return checkObject(value, path, depthLeft - 1)
    default:
      return refuse(path, `${typeof value} is no JSON value`)
  }
}

function checkString(value: string, path: Path): void {
  if (value.includes('\u0000')) refuse(path, 'Must not contain NUL')
  if (!value.isWellFormed()) refuse(path, 'Must not contain lone surrogates')
}

function checkObject(value: object, path: Path, depthLeft: number): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkJson(value[i], { parent: path, key: i }, depthLeft)
    return
  }
  if (value instanceof Date && Number.isNaN(value.getTime())) refuse(path, 'Must be a valid date')
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return checkJson(value.toJSON(), path, depthLeft)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'Must be a plain object')
  for (const [key, child] of Object.entries(value)) {
    checkString(key, path)
    // A property that is undefined is left out by JSON, which is what it says.
    if (child !== undefined) checkJson(child, { parent: path, key }, depthLeft)
  }
}

function refuse(path: Path, message: string): never {
  const at = pointer(keysOf(path))
  throw new LeadhooksError('invalid_event_data', `${at}: ${message}`, { issues: [{ pointer: at, message }] })
}

function tooDeep(path: Path): LeadhooksError {
  return new LeadhooksError('payload_too_large', `${pointer(keysOf(path).slice(0, 8))}…: nested too deep`)
}

function keysOf(path: Path): PropertyKey[] {
  const keys: PropertyKey[] = []
  for (let at: Path | null = path; at !== null; at = at.parent) keys.unshift(at.key)
  return keys
}
