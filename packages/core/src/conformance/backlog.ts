import assert from 'node:assert/strict'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addWebhook, after, claim, dispatch, hour, minute, second, settle } from './fixtures.ts'

const none = { unfinished: 0, due: 0, oldestDueAt: null, deadLetters: 0 }

export const backlogCases: readonly ConformanceCase[] = [
  storageCase('where nothing is, nothing is waiting', async (storage) => {
    const webhooks = { active: 0, waiting: 0, disabled: 0 }
    assert.deepEqual(await storage.readBacklog({ now: after(0) }), { ...none, webhooks })
  }),

  storageCase(
    'what is waiting is counted over all organizations, and the oldest that is due named',
    async (storage) => {
      await addWebhook(storage)
      await addWebhook(storage, { organizationId: 'globex' })
      await dispatch(storage, {}, { count: 2, now: after(second) })
      await dispatch(storage, { organizationId: 'globex' }, { count: 3 })
      assert.deepEqual(await storage.readBacklog({ now: after(minute) }), {
        unfinished: 5,
        due: 5,
        oldestDueAt: after(0),
        deadLetters: 0,
        webhooks: { active: 2, waiting: 0, disabled: 0 },
      })
    },
  ),

  storageCase('what is held, or is to be tried later, is unfinished and not due', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 3 })
    const [held, retried, delivered] = await claim(storage)
    assert.ok(held && retried && delivered)
    await settle(storage, retried, { next: { status: 'retrying', delayMs: hour } })
    await settle(storage, delivered)
    const webhooks = { active: 1, waiting: 0, disabled: 0 }
    assert.deepEqual(await storage.readBacklog({ now: after(second) }), { ...none, unfinished: 2, webhooks })
    const later = await storage.readBacklog({ now: after(2 * hour) })
    assert.deepEqual([later.unfinished, later.due], [2, 2], 'The lease has lapsed, and the retry is due')
    assert.deepEqual(later.oldestDueAt, after(minute))
  }),

  storageCase('what waits for its webhook is not due', async (storage) => {
    const paused = await addWebhook(storage)
    const off = await addWebhook(storage)
    await dispatch(storage)
    await storage.updateWebhook(paused, { waitsUntil: after(hour), waitsFor: 'paused' })
    await storage.updateWebhook(off, { enabled: false, disabledReason: 'failing', disabledAt: after(0) })
    assert.deepEqual(await storage.readBacklog({ now: after(second) }), {
      ...none,
      unfinished: 2,
      webhooks: { active: 0, waiting: 1, disabled: 1 },
    })
    const later = await storage.readBacklog({ now: after(2 * hour) })
    assert.deepEqual([later.due, later.webhooks], [1, { active: 1, waiting: 0, disabled: 1 }])
  }),

  storageCase('dead letters count until they are resolved', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage, {}, { count: 3 })
    const claimed = await claim(storage)
    const next = { status: 'dead_letter', reason: 'exhausted' } as const
    for (const one of claimed) await settle(storage, one, { next })
    assert.equal((await storage.readBacklog({})).deadLetters, 3)
    const [first] = claimed
    assert.ok(first)
    await storage.resolveDelivery(first)
    assert.equal((await storage.readBacklog({})).deadLetters, 2)
  }),
]
