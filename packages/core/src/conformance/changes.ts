import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, hour, minute, race, second } from './fixtures.ts'

async function watch(storage: Storage, organizationIds: string[], now = after(0)): Promise<void> {
  await storage.watchChanges({ organizationIds, forMs: minute, now })
}

async function note(
  storage: Storage,
  change: string,
  organizationId = 'acme',
  now = after(1),
): Promise<void> {
  await storage.noteChanges([{ organizationId, change }], { now })
}

async function read(storage: Storage, from = 0): Promise<string[]> {
  const changes = await storage.readChanges({ after: from, limit: 1000 })
  return changes.map(({ organizationId, change }) => `${organizationId} ${change}`)
}

export const changeCases: readonly ConformanceCase[] = [
  storageCase('changes are noted of organizations that are watched, as long as they are', async (storage) => {
    await note(storage, 'too early')
    await watch(storage, ['acme', 'globex'])
    assert.deepEqual((await storage.listWatched({ now: after(second) })).sort(), ['acme', 'globex'])
    const both = ['acme', 'initech', 'globex'].map((organizationId) => ({
      organizationId,
      change: '{"a":1}',
    }))
    await storage.noteChanges(both, { now: after(second) })
    await watch(storage, ['acme'], after(second))
    await note(storage, 'in time', 'acme', after(minute + 1))
    await note(storage, 'too late', 'globex', after(minute))
    assert.deepEqual(await storage.listWatched({ now: after(minute) }), ['acme'])
    assert.deepEqual(await read(storage), ['acme {"a":1}', 'globex {"a":1}', 'acme in time'])
  }),

  storageCase('changes are read in order, from a key on', async (storage) => {
    assert.equal(await storage.lastChange(), 0)
    await watch(storage, ['acme'])
    for (const change of ['a', 'b', 'c']) await note(storage, change)
    const [first, second] = await storage.readChanges({ after: 0, limit: 2 })
    assert.ok(first && second && first.key < second.key)
    assert.deepEqual(await read(storage, first.key), ['acme b', 'acme c'])
    assert.deepEqual(await read(storage, await storage.lastChange()), [])
  }),

  storageCase('what was noted long ago is forgotten, and no key is given again', async (storage) => {
    await watch(storage, ['acme'])
    for (const change of ['a', 'b', 'c']) await note(storage, change)
    await note(storage, 'd', 'acme', after(second))
    const last = await storage.lastChange()
    const forget = async (before: Date) => storage.forgetChanges({ before, limit: 2, now: after(second) })
    assert.deepEqual(
      [await forget(after(second)), await forget(after(second)), await forget(after(second))],
      [2, 1, 0],
    )
    assert.deepEqual(await read(storage), ['acme d'])
    assert.equal(await storage.forgetChanges({ before: after(hour), limit: 10, now: after(hour) }), 1)
    assert.deepEqual(await storage.listWatched({ now: after(second) }), [], 'What is over is forgotten too')
    await watch(storage, ['acme'])
    await note(storage, 'e')
    assert.ok((await storage.lastChange()) > last)
  }),

  storageCase('who reads while others note misses nothing', async (storage) => {
    await storage.watchChanges({ organizationIds: ['acme'], forMs: hour })
    const seen: string[] = []
    let from = 0
    let isOver = false
    const reading = (async () => {
      for (let isLast = false; !isLast;) {
        isLast = isOver
        await setImmediate()
        for (const { key, change } of await storage.readChanges({ after: from, limit: 10 })) {
          seen.push(change)
          from = key
        }
      }
    })()
    await race(10, async (index) => {
      for (let n = 0; n < 10; n++)
        await storage.noteChanges([{ organizationId: 'acme', change: `${index}.${n}` }], {})
    })
    isOver = true
    await reading
    for (let rest = -1; rest !== seen.length;) {
      rest = seen.length
      for (const { key, change } of await storage.readChanges({ after: from, limit: 10 })) {
        seen.push(change)
        from = key
      }
    }
    assert.equal(new Set(seen).size, 100)
    assert.equal(seen.length, 100)
  }),
]
