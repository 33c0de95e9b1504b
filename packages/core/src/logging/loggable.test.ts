import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { LeadhooksError } from '../errors.ts'
import { loggable } from './loggable.ts'

test('an error keeps its name, code, message, stack and causes', () => {
  const cause = Object.assign(new TypeError('not that'), { code: 'E1' })
  const error = new LeadhooksError('internal', 'broken', { cause })
  const logged = loggable(error) as LeadhooksError
  expect(logged).toBeInstanceOf(Error)
  expect(logged).toMatchObject({
    name: 'LeadhooksError',
    code: 'internal',
    message: 'broken',
    stack: error.stack,
  })
  expect(logged.cause).toMatchObject({
    name: 'TypeError',
    code: 'E1',
    message: 'not that',
    stack: cause.stack,
  })
})

test('nothing else that hangs on it, or on a cause, is there, however it is shown', () => {
  const cause = Object.assign(new Error('constraint'), {
    detail: 'Failing row (secret)',
    parameters: ['secret'],
    code: { a: 'secret' },
  })
  const logged = loggable(Object.assign(new Error('x', { cause }), { body: 'secret' }))
  expect(inspect(logged, { depth: null, showHidden: true })).not.toContain('secret')
})

test.each([
  ['a text', 'a text'],
  [undefined, 'a thrown undefined'],
  [null, 'a thrown null'],
  [{ password: 'secret' }, 'a thrown Object'],
])('%j, which is no error, is told as %j', (thrown, told) => {
  expect(loggable(thrown)).toBe(told)
})
