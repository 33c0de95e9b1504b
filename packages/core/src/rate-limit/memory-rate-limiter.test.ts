import { expect, test } from 'vitest'
import { fakeClock } from '../testing/fake-clock.ts'
import { memoryRateLimiter } from './memory-rate-limiter.ts'

const check = (key: string) => ({ key, name: 'minute', limit: 1, windowMs: 60_000 })

test('whoever is at a limit stays there, however many others come by', async () => {
  const clock = fakeClock()
  const limiter = memoryRateLimiter({ clock })
  expect(limiter.consume([check('busy')], { cost: 1 }).allowed).toBe(true)
  for (let i = 0; i < 50_000; i++) limiter.consume([check(`other ${i}`)], { cost: 1 })
  expect(limiter.consume([check('busy')], { cost: 1 }).allowed).toBe(false)
})

test('a window of a month limits as well as one of a second', async () => {
  const clock = fakeClock()
  const limiter = memoryRateLimiter({ clock })
  const month = { ...check('a'), windowMs: 31 * 86_400_000 }
  expect(limiter.consume([month], { cost: 1 }).allowed).toBe(true)
  await clock.advance(20 * 86_400_000)
  expect(limiter.consume([month], { cost: 1 }).allowed).toBe(false)
})

test('checks of one limit count together, also when it was forgotten meanwhile', () => {
  const limiter = memoryRateLimiter()
  const [one, another] = [check('a'), check('a')]
  const take = (taken: typeof one, now: number) => limiter.consume([taken], { cost: 1, now }).allowed
  expect([take(one, 0), take(another, 0), take(one, 0)]).toEqual([true, false, false])
  const later = 10 * 60_000
  for (let i = 0; i < 2000; i++) take(check(`other ${i}`), later)
  // One that nobody has asked with before finds another place than those that were known.
  expect([take(check('a'), later), take(one, later), take(another, later)]).toEqual([true, false, false])
})
