import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Slots } from './slots.ts'

test('so many tasks run at once, the others in turn, and one that fails makes place, too', async () => {
  const slots = new Slots(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const run = async (n: number): Promise<number> =>
    slots.run(async () => {
      begun.push(n)
      await new Promise<void>((end) => (ends[n] = end))
      if (n === 0) throw new Error('It failed')
      return n
    })
  const runs = [0, 1, 2, 3, 4].map(async (n) => run(n).catch((error: Error) => error.message))
  await setImmediate()
  expect(begun).toEqual([0, 1])
  ends[0]?.()
  await setImmediate()
  expect(begun).toEqual([0, 1, 2])
  ends[2]?.()
  ends[1]?.()
  await setImmediate()
  expect(begun).toEqual([0, 1, 2, 3, 4])
  ends[3]?.()
  ends[4]?.()
  expect(await Promise.all(runs)).toEqual(['It failed', 1, 2, 3, 4])
  expect(await slots.run(async () => Promise.resolve('free again'))).toBe('free again')
})
