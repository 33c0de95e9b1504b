import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { errorStatus, isLeadhooksError, LeadhooksError } from './errors.ts'

test('the documentation lists every code with its status, and no other', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ])
  expect(Object.fromEntries(documented)).toEqual(errorStatus)
})

describe('a LeadhooksError', () => {
  test('carries its status, its cause and what is wrong where', () => {
    const cause = new Error('disk full')
    const error = new LeadhooksError('storage_unavailable', 'The disk is full', { cause })
    expect(error).toMatchObject({ code: 'storage_unavailable', status: 503, cause, issues: [] })
  })

  test('is recognised across two copies of the package', () => {
    const fromAnotherCopy = Object.assign(new Error('x'), { [Symbol.for('leadhooks.error')]: true })
    expect(isLeadhooksError(fromAnotherCopy)).toBe(true)
    expect(isLeadhooksError(new LeadhooksError('internal', 'x'))).toBe(true)
    for (const other of [new Error('x'), null, undefined, 'x', {}])
      expect(isLeadhooksError(other)).toBe(false)
  })
})
