import { expect, test } from 'vitest'
import { memoryStorage } from '../storage/memory-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { ThrottleDraws } from './throttle-draws.ts'

const drawOf = (id: string, wanted = 1) => ({ organizationId: 'acme', id, wanted })

/** A storage that lets everything through, but can tell nothing of those whose id begins with an x; each call waits to be let go. */
function openDraws() {
  const calls: { ids: string; go: () => void }[] = []
  const drawFromThrottles: Storage['drawFromThrottles'] = async (draws) => {
    const ids = draws.map(({ id }) => id).join(' ')
    await new Promise<void>((go) => calls.push({ ids, go }))
    if (ids.includes('x')) throw new Error(`Nothing is known of ${ids}`)
    return draws.map(({ wanted }) => wanted)
  }
  const draws = new ThrottleDraws({
    storage: { ...memoryStorage(), drawFromThrottles },
    storageTime: () => undefined,
  })
  const called = async (count: number): Promise<void> => expect.poll(() => calls.length).toBe(count)
  return { draws, calls, called }
}

test('what is asked in one turn, or while others are answered, is asked by one call', async () => {
  const { draws, calls, called } = openDraws()
  const early = [draws.draw(drawOf('a', 3)), draws.draw(drawOf('b', 1))]
  await called(1)
  const late = [draws.draw(drawOf('c', 2)), draws.draw(drawOf('d', 5))]
  expect(calls).toHaveLength(1)
  calls[0]?.go()
  await called(2)
  calls[1]?.go()
  expect(await Promise.all([...early, ...late])).toEqual([3, 1, 2, 5])
  expect(calls.map(({ ids }) => ids)).toEqual(['a b', 'c d'])
})

test('one that cannot be told of keeps no other from being let through, and is told so', async () => {
  const { draws, calls, called } = openDraws()
  const drawn = ['a', 'x', 'b'].map(async (id) =>
    draws.draw(drawOf(id)).catch((error: Error) => error.message),
  )
  await called(1)
  calls[0]?.go()
  await called(4)
  for (const { go } of calls) go()
  expect(await Promise.all(drawn)).toEqual([1, 'Nothing is known of x', 1])
})
