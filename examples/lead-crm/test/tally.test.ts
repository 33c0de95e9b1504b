import { expect, test } from 'vitest'
import { expectTally, tally } from '../src/quickstart/tally.ts'

const numbers = tally(
  [
    { status: 'delivered', attempts: 3, replayOf: null },
    { status: 'dead_letter', attempts: 4, replayOf: null },
    { status: 'delivered', attempts: 1, replayOf: 'dlv_2' },
  ],
  2,
)

test('every number but the attempts counts deliveries', () => {
  expect(numbers).toEqual({
    deliveries: 3,
    attempts: 8,
    delivered: 2,
    verified: 2,
    retried: 2,
    deadLettered: 1,
    replayed: 1,
  })
})

test('numbers that are off are named', () => {
  expect(() => expectTally('flaky', numbers, numbers)).not.toThrow()
  expect(() => expectTally('flaky', { ...numbers, verified: 1, attempts: 9 }, numbers)).toThrow(
    'The numbers of the webhook "flaky" are off: attempts is 9 in place of 8, verified is 1 in place of 2',
  )
})
