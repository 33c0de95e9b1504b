import { LeadhooksError } from '../errors.ts'
import { pointer } from '../input.ts'

/**
 * Refuses what `JSON.parse` lets through and something further in would change, drop or choke on, with the pointer to it:
 * nesting that overflows a stack, `__proto__`, NUL and lone surrogates, and numbers that are too large to be one.
 */
export function checkJsonTree(value: unknown, maxDepth: number): void {
  checkValue(value, [], maxDepth)
}

function checkValue(value: unknown, path: PropertyKey[], depthLeft: number): void {
  if (typeof value === 'string') return checkText(value, path)
  if (typeof value === 'number' && !Number.isFinite(value))
    return refuse(path, 'Must be a number of double precision')
  if (typeof value !== 'object' || value === null) return
  if (depthLeft === 0) throw tooDeep(path)
  for (const [key, child] of Object.entries(value)) {
    path.push(key)
    checkKey(key, path)
    checkValue(child, path, depthLeft - 1)
    path.pop()
  }
}

function tooDeep(path: readonly PropertyKey[]): LeadhooksError {
  const message = `The body is nested deeper than ${path.length} levels`
  return new LeadhooksError('payload_too_large', message, { issues: [{ pointer: pointer(path), message }] })
}

function checkKey(key: string, path: PropertyKey[]): void {
  if (key === '__proto__') refuse(path, 'Unknown field')
  checkText(key, path)
}

function checkText(text: string, path: PropertyKey[]): void {
  if (text.includes('\u0000')) refuse(path, 'Must not contain NUL')
  if (!text.isWellFormed()) refuse(path, 'Must not contain lone surrogates')
}

function refuse(path: readonly PropertyKey[], message: string): never {
  const at = pointer(path)
  throw new LeadhooksError('invalid_request', at === '' ? message : `${at}: ${message}`, {
    issues: [{ pointer: at, message }],
  })
}
