import { expect, test } from 'vitest'
import { memoryStorage } from '../storage/memory-storage.ts'
import type { KeptBody, Storage } from '../storage/storage.ts'
import { BodyKeeper } from './body-keeper.ts'

const bodyOf = (id: string, body = '1'): KeptBody => ({ id, lease: id, format: 'data', body })

/** A storage that keeps those whose id begins with an a; each write waits to be let go. */
function openKeeper() {
  const written: { ids: string[]; go: () => void; fail: (error: Error) => void }[] = []
  const keepBodies: Storage['keepBodies'] = async (bodies) => {
    await new Promise<void>((go, fail) => written.push({ ids: bodies.map(({ id }) => id), go, fail }))
    return bodies.map(({ id }) => id.startsWith('a'))
  }
  const keeper = new BodyKeeper({ storage: { ...memoryStorage(), keepBodies } })
  const writes = async (count: number): Promise<void> => expect.poll(() => written.length).toBe(count)
  return { keeper, written, writes }
}

test('what comes while bodies are written goes with the next ones, and each caller hears of its own', async () => {
  const { keeper, written, writes } = openKeeper()
  const early = [keeper.keep([bodyOf('a1')]), keeper.keep([bodyOf('b2'), bodyOf('a2')])]
  await writes(1)
  const late = [keeper.keep([bodyOf('a3')]), keeper.keep([]), keeper.keep([bodyOf('b4')])]
  expect(written).toHaveLength(1)
  written[0]?.go()
  await writes(2)
  written[1]?.go()
  expect(await Promise.all(early)).toEqual([[true], [false, true]])
  expect(await Promise.all(late)).toEqual([[true], [], [false]])
  expect(written.map(({ ids }) => ids)).toEqual([
    ['a1', 'b2', 'a2'],
    ['a3', 'b4'],
  ])
})

test('long bodies are written a few at a time', async () => {
  const { keeper, written, writes } = openKeeper()
  const long = 'x'.repeat(3_000_000)
  const all = ['a1', 'a2', 'a3'].map(async (id) => keeper.keep([bodyOf(id, long)]))
  for (const count of [1, 2, 3]) {
    await writes(count)
    written[count - 1]?.go()
  }
  expect(await Promise.all(all)).toEqual([[true], [true], [true]])
})

test('a write that fails is told to those whose bodies it had, and the next one goes on', async () => {
  const { keeper, written, writes } = openKeeper()
  const failing = keeper.keep([bodyOf('a1')])
  await writes(1)
  const next = keeper.keep([bodyOf('a2')])
  written[0]?.fail(new Error('The database is away'))
  await expect(failing).rejects.toThrow('The database is away')
  await writes(2)
  written[1]?.go()
  expect(await next).toEqual([true])
})
