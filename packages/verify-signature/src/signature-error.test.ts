import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { isSignatureError, SignatureError, signatureErrorStatus } from './index.ts'

test('an error of another copy of the package is recognised', async () => {
  vi.resetModules()
  const copy = await import('./signature-error.ts')
  const error = new copy.SignatureError('no_match', 'of the copy')
  expect(error).not.toBeInstanceOf(SignatureError)
  expect(isSignatureError(error)).toBe(true)
})

test('nothing else is taken for one', () => {
  for (const value of [
    new Error('no_match'),
    { code: 'no_match', status: 401 },
    null,
    undefined,
    'no_match',
  ]) {
    expect(isSignatureError(value)).toBe(false)
  }
})

test('the README lists every code with its status', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ])
  expect(Object.fromEntries(listed)).toEqual(signatureErrorStatus)
})
