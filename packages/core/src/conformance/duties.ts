import assert from 'node:assert/strict'
import type { Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, hour, minute, race, raceAround } from './fixtures.ts'

/** Wants the duty of housekeeping for a minute, at the start unless told otherwise. */
async function take(storage: Storage, holder: string, now: Date | undefined = after(0)): Promise<boolean> {
  return storage.takeDuty({ name: 'housekeeping', holder, leaseMs: minute, now })
}

async function release(storage: Storage, holder: string): Promise<void> {
  return storage.releaseDuty({ name: 'housekeeping', holder })
}

/** How many were told that they have it. */
function takers(answers: readonly boolean[]): number {
  return answers.filter(Boolean).length
}

export const dutyCases: readonly ConformanceCase[] = [
  storageCase('a duty stays with who took it first while its lease lives', async (storage) => {
    assert.equal(await take(storage, 'a'), true)
    assert.equal(await take(storage, 'b'), false)
    assert.equal(await take(storage, 'b', after(minute - 1)), false)
  }),

  storageCase('a duty whose lease has lapsed goes to the next who asks', async (storage) => {
    await take(storage, 'a')
    assert.equal(await take(storage, 'b', after(minute + 1)), true)
    assert.equal(await take(storage, 'a', after(minute + 1)), false)
    assert.equal(await take(storage, 'c', after(2 * minute)), false)
    assert.equal(await take(storage, 'c', after(2 * minute + 2)), true)
  }),

  storageCase('a holder that takes its duty again has it for longer', async (storage) => {
    await take(storage, 'a')
    assert.equal(await take(storage, 'a', after(minute / 2)), true)
    assert.equal(await take(storage, 'b', after(minute + 1)), false)
    assert.equal(await take(storage, 'a', after(hour)), true, 'Nobody took it over meanwhile')
    assert.equal(await take(storage, 'b', after(hour + 1)), false)
  }),

  storageCase('who is refused a duty changes nothing of it', async (storage) => {
    await take(storage, 'a')
    assert.equal(await take(storage, 'b', after(minute / 2)), false)
    assert.equal(await take(storage, 'c', after(minute + 1)), true)
  }),

  storageCase('a duty that is given up is free at once', async (storage) => {
    await take(storage, 'a')
    await release(storage, 'a')
    assert.equal(await take(storage, 'b'), true)
    assert.equal(await take(storage, 'a'), false)
  }),

  storageCase('only its holder can give a duty up', async (storage) => {
    await release(storage, 'a')
    await take(storage, 'a')
    await release(storage, 'b')
    assert.equal(await take(storage, 'b'), false)
    assert.equal(await take(storage, 'b', after(hour)), true)
    await release(storage, 'a')
    assert.equal(await take(storage, 'a', after(hour)), false, 'Its lease had lapsed, and another has it now')
  }),

  storageCase('duties of different names are held apart', async (storage) => {
    const other = { name: 'roll up', leaseMs: minute, now: after(0) }
    await take(storage, 'a')
    assert.equal(await storage.takeDuty({ ...other, holder: 'b' }), true)
    await storage.releaseDuty({ name: 'roll up', holder: 'b' })
    assert.equal(await take(storage, 'b'), false)
    assert.equal(await storage.takeDuty({ ...other, holder: 'a' }), true)
  }),

  storageCase('of ten callers who want a duty at once, one gets it', async (storage) => {
    const answers = await race(10, async (index) => take(storage, `holder ${index}`))
    assert.equal(takers(answers), 1)
    const later = await race(10, async (index) => take(storage, `holder ${index}`, after(1)))
    assert.deepEqual(later, answers, 'It must stay with the one who got it')
  }),

  storageCase('of ten callers who take over a lapsed duty at once, one gets it', async (storage) => {
    await take(storage, 'vanished')
    const answers = await race(10, async (index) => take(storage, `holder ${index}`, after(hour)))
    assert.equal(takers(answers), 1)
  }),

  storageCase('of renewing and taking over a lapsed duty at once, one happens', async (storage) => {
    await take(storage, 'a')
    let index = 0
    const [others, own] = await raceAround(
      async () => take(storage, `holder ${index++}`, after(hour)),
      async () => take(storage, 'a', after(hour)),
    )
    assert.equal(takers([...others, own]), 1)
  }),

  storageCase('a duty that is given up while others want it goes to one of them at most', async (storage) => {
    await take(storage, 'a')
    let index = 0
    const [others] = await raceAround(
      async () => take(storage, `holder ${index++}`),
      async () => release(storage, 'a'),
    )
    assert.ok(takers(others) <= 1)
    assert.equal(await take(storage, 'late'), takers(others) === 0)
  }),

  storageCase('duties that nobody has are forgotten, so many at a time, and no others', async (storage) => {
    for (const name of ['one', 'two', 'three'])
      await storage.takeDuty({ name, holder: 'a', leaseMs: minute, now: after(0) })
    await take(storage, 'a', after(1))
    const forget = async (now: Date): Promise<number> => storage.forgetDuties({ now, limit: 2 })
    assert.equal(await forget(after(minute - 1)), 0)
    assert.equal(await forget(after(minute)), 2)
    assert.equal(await forget(after(minute)), 1)
    assert.equal(await forget(after(minute)), 0)
    assert.equal(await take(storage, 'b', after(minute)), false)
  }),

  storageCase('without `now` the storage’s own clock judges whether a duty has lapsed', async (storage) => {
    const duty = { name: 'housekeeping', leaseMs: minute }
    assert.equal(await storage.takeDuty({ ...duty, holder: 'a' }), true)
    assert.equal(await storage.takeDuty({ ...duty, holder: 'b' }), false)
    assert.equal(await storage.takeDuty({ ...duty, holder: 'a', leaseMs: -minute }), true)
    assert.equal(await storage.takeDuty({ ...duty, holder: 'b' }), true)
  }),
]
