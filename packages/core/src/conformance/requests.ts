import assert from 'node:assert/strict'
import type { KeyedRequest, KnownRequest, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { after, hour, minute, race, raceAround } from './fixtures.ts'

const request: KeyedRequest = { organizationId: 'acme', route: 'POST /keys', key: 'once' }

interface Take extends Partial<KeyedRequest> {
  fingerprint?: string
  now?: Date | undefined
}

/** Wants to see to a request for a minute, at the start unless told otherwise. */
async function take(storage: Storage, holder: string, changes: Take = {}): Promise<KnownRequest | null> {
  const now = 'now' in changes ? changes.now : after(0)
  return storage.takeRequest({ ...request, fingerprint: 'f', holder, leaseMs: minute, ...changes, now })
}

/** Answers it, for an hour. */
async function answer(storage: Storage, holder: string, changes: { now?: Date } = {}): Promise<boolean> {
  const kept = { ...request, holder, answer: `"${holder}"`, keepMs: hour }
  return storage.answerRequest({ ...kept, now: after(0), ...changes })
}

const underWay = { fingerprint: 'f', answer: null }
const answered = { fingerprint: 'f', answer: '"a"' }

/** How many were told that it is theirs. */
function takers(answers: readonly (KnownRequest | null)[]): number {
  return answers.filter((known) => known === null).length
}

export const requestCases: readonly ConformanceCase[] = [
  storageCase('a request is for whoever sent it first to see to, and others are told so', async (storage) => {
    assert.equal(await take(storage, 'a'), null)
    assert.deepEqual(await take(storage, 'b', { fingerprint: 'other' }), underWay)
    assert.deepEqual(await take(storage, 'a', { now: after(minute - 1) }), underWay)
  }),

  storageCase('what a request was answered is kept for as long as was said', async (storage) => {
    await take(storage, 'a')
    assert.equal(await answer(storage, 'a', { now: after(1000) }), true)
    assert.deepEqual(await take(storage, 'b', { fingerprint: 'other' }), answered)
    assert.deepEqual(await take(storage, 'b', { now: after(hour) }), answered)
    assert.equal(await take(storage, 'b', { now: after(hour + 1001), fingerprint: 'g' }), null)
    assert.deepEqual(await take(storage, 'c', { now: after(hour + 1001) }), {
      fingerprint: 'g',
      answer: null,
    })
  }),

  storageCase('a request whose holder has vanished is for the next one to see to', async (storage) => {
    await take(storage, 'a')
    assert.equal(await take(storage, 'b', { now: after(minute + 1) }), null)
    assert.equal(await answer(storage, 'a', { now: after(minute + 1) }), false)
    assert.deepEqual(await take(storage, 'c', { now: after(minute + 1) }), underWay)
    assert.equal(await answer(storage, 'b', { now: after(minute + 1) }), true)
  }),

  storageCase('an answer stays as it was given first', async (storage) => {
    assert.equal(await answer(storage, 'a'), false)
    await take(storage, 'a')
    await answer(storage, 'a')
    const again = { ...request, holder: 'a', answer: '"other"', keepMs: 2 * hour, now: after(0) }
    assert.equal(await storage.answerRequest(again), false)
    await storage.dropRequest({ ...request, holder: 'a' })
    assert.deepEqual(await take(storage, 'b'), answered)
  }),

  storageCase('a request that is dropped is seen to as if it were the first', async (storage) => {
    await take(storage, 'a')
    await storage.dropRequest({ ...request, holder: 'b' })
    assert.deepEqual(await take(storage, 'b'), underWay)
    await storage.dropRequest({ ...request, holder: 'a' })
    assert.equal(await take(storage, 'b'), null)
  }),

  storageCase('the same key is another one for another organization or route', async (storage) => {
    await take(storage, 'a')
    assert.equal(await take(storage, 'b', { organizationId: 'globex' }), null)
    assert.equal(await take(storage, 'b', { route: 'POST /webhooks' }), null)
    assert.equal(await take(storage, 'b', { key: 'twice' }), null)
    await answer(storage, 'a')
    assert.deepEqual(await take(storage, 'c', { organizationId: 'globex' }), underWay)
    await storage.dropRequest({ ...request, organizationId: 'globex', holder: 'b' })
    assert.deepEqual(await take(storage, 'c', { route: 'POST /webhooks' }), underWay)
    assert.deepEqual(await take(storage, 'c'), answered)
  }),

  storageCase('of ten callers with the same key at once, one sees to it', async (storage) => {
    assert.equal(takers(await race(10, async (index) => take(storage, `holder ${index}`))), 1)
    const later = { now: after(hour) }
    assert.equal(takers(await race(10, async (index) => take(storage, `later ${index}`, later))), 1)
  }),

  storageCase('of answering and taking over a lapsed request at once, one happens', async (storage) => {
    await take(storage, 'a')
    let index = 0
    const [others, isKept] = await raceAround(
      async () => take(storage, `holder ${index++}`, { now: after(minute) }),
      async () => answer(storage, 'a', { now: after(minute) }),
    )
    assert.equal(takers(others), isKept ? 0 : 1)
  }),

  storageCase(
    'a request that is dropped while others want it goes to one of them at most',
    async (storage) => {
      await take(storage, 'a')
      let index = 0
      const [others] = await raceAround(
        async () => take(storage, `holder ${index++}`),
        async () => storage.dropRequest({ ...request, holder: 'a' }),
      )
      assert.ok(takers(others) <= 1)
      assert.equal(takers([await take(storage, 'late')]), 1 - takers(others))
    },
  ),

  storageCase(
    'requests whose time is over are forgotten, so many at a time, and no others',
    async (storage) => {
      for (const key of ['one', 'two', 'three']) await take(storage, 'a', { key })
      await take(storage, 'a')
      await answer(storage, 'a')
      const forget = async (now: Date): Promise<number> => storage.forgetRequests({ now, limit: 2 })
      assert.equal(await forget(after(minute - 1)), 0)
      assert.equal(await forget(after(minute + 1)), 2)
      assert.equal(await forget(after(minute + 1)), 1)
      assert.equal(await forget(after(minute + 1)), 0)
      assert.deepEqual(await take(storage, 'b'), answered)
      assert.equal(await forget(after(hour + 1)), 1)
    },
  ),

  storageCase('without `now` the storage’s own clock judges whose a request is', async (storage) => {
    assert.equal(await take(storage, 'a', { now: undefined }), null)
    assert.deepEqual(await take(storage, 'b', { now: undefined }), underWay)
    const kept = { ...request, holder: 'a', answer: '1' }
    assert.equal(await storage.answerRequest({ ...kept, keepMs: -minute }), true)
    assert.equal(await storage.forgetRequests({ limit: 10 }), 1)
  }),
]
