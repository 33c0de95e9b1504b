import assert from 'node:assert/strict'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addWebhook, after, claim, dispatch, hour, minute, only, race, second, start } from './fixtures.ts'

/** Five at once, and one more every 200 ms. */
const throttle = { requests: 5, perMs: second }

/** Draws from the throttles of these webhooks, `wanted` of each; answers how many each lets through. */
async function drawAll(
  storage: Storage,
  webhooks: readonly StoredWebhook[],
  wanted: number,
  now: Date = start,
): Promise<number[]> {
  const draws = webhooks.map(({ organizationId, id }) => ({ organizationId, id, wanted }))
  return storage.drawFromThrottles(draws, { now })
}

async function draw(
  storage: Storage,
  webhook: StoredWebhook,
  wanted: number,
  now: Date = start,
): Promise<number> {
  return only(await drawAll(storage, [webhook], wanted, now))
}

export const throttleCases: readonly ConformanceCase[] = [
  storageCase(
    'a throttle lets through what it has left, and the webhook waits for the next',
    async (storage) => {
      const webhook = await addWebhook(storage, { throttle })
      assert.equal(await draw(storage, webhook, 3), 3)
      assert.deepEqual(await storage.findWebhook(webhook), webhook)
      assert.equal(await draw(storage, webhook, 4), 2)
      const waiting = { ...webhook, waitsUntil: after(200), waitsFor: 'throttled' }
      assert.deepEqual(await storage.findWebhook(webhook), waiting)
      await dispatch(storage)
      assert.deepEqual(await claim(storage, { now: after(199) }), [])
      only(await claim(storage, { now: after(200) }))
    },
  ),

  storageCase('a throttle is refilled evenly, and never beyond what may go at once', async (storage) => {
    const webhook = await addWebhook(storage, { throttle })
    assert.equal(await draw(storage, webhook, 5), 5)
    assert.equal(await draw(storage, webhook, 5, after(500)), 2)
    assert.equal(await draw(storage, webhook, 5, after(600)), 1)
    assert.equal(await draw(storage, webhook, 100, after(hour)), 5)
  }),

  storageCase('a throttle that is changed counts as it is from then on', async (storage) => {
    const webhook = await addWebhook(storage, { throttle: { requests: 2, perMs: hour } })
    assert.equal(await draw(storage, webhook, 3), 2)
    await storage.updateWebhook(webhook, { throttle, waitsUntil: null, waitsFor: null })
    // It was empty, and is now as empty as a throttle like this can be.
    assert.equal(await draw(storage, webhook, 3, after(second)), 0)
    assert.deepEqual((await storage.findWebhook(webhook))?.waitsUntil, after(1200))
    assert.equal(await draw(storage, webhook, 3, after(1400)), 2)
  }),

  storageCase('throttles of many webhooks are drawn from at once, each by itself', async (storage) => {
    const slow = await addWebhook(storage, { throttle: { requests: 1, perMs: minute } })
    const other = await addWebhook(storage, { throttle, organizationId: 'globex' })
    const free = await addWebhook(storage)
    const unknown = { ...free, id: 'whk_unknown' }
    assert.deepEqual(await drawAll(storage, [unknown, other, free, slow], 4), [0, 4, 4, 1])
    assert.deepEqual(await storage.findWebhook(free), free)
    assert.deepEqual(await storage.findWebhook(other), other)
    assert.equal((await storage.findWebhook(slow))?.waitsFor, 'throttled')
    assert.deepEqual(await storage.drawFromThrottles([], { now: start }), [])
  }),

  ...[
    { waitsUntil: after(minute), waitsFor: 'paused' as const },
    { enabled: false, disabledReason: 'by_user' as const, disabledAt: start },
    { circuitState: 'open' as const, waitsUntil: after(-1), waitsFor: 'circuit' as const },
    { circuitState: 'half_open' as const },
  ].map((state) =>
    storageCase(
      `a throttled webhook lets none through, and stays as it is, where it is ${JSON.stringify(state)}`,
      async (storage) => {
        const webhook = await addWebhook(storage, { throttle, ...state })
        assert.equal(await draw(storage, webhook, 9), 0)
        assert.deepEqual(await storage.findWebhook(webhook), webhook)
        const free = { circuitState: 'closed', enabled: true, waitsUntil: null, waitsFor: null } as const
        await storage.updateWebhook(webhook, free)
        assert.equal(await draw(storage, webhook, 9), 5)
      },
    ),
  ),

  storageCase(
    'what is given back to a throttle may go again, and nothing waits for that',
    async (storage) => {
      const webhook = await addWebhook(storage, { throttle })
      assert.equal(await draw(storage, webhook, 7), 5)
      assert.equal(await draw(storage, webhook, -2), -2)
      assert.deepEqual(await storage.findWebhook(webhook), webhook)
      assert.equal(await draw(storage, webhook, 7), 2)
      await storage.updateWebhook(webhook, { waitsUntil: after(minute), waitsFor: 'paused' })
      await draw(storage, webhook, -1)
      const paused = { ...webhook, waitsUntil: after(minute), waitsFor: 'paused' }
      assert.deepEqual(await storage.findWebhook(webhook), paused)
    },
  ),

  storageCase('more than was drawn is never given back', async (storage) => {
    const webhook = await addWebhook(storage, { throttle })
    await draw(storage, webhook, 1)
    await draw(storage, webhook, -3)
    assert.equal(await draw(storage, webhook, 9), 5)
  }),

  storageCase(
    'of ten who draw from the same throttles at once, all together are let through what those say',
    async (storage) => {
      const webhooks = [await addWebhook(storage, { throttle }), await addWebhook(storage, { throttle })]
      // Half of them the other way round: no two wait for each other in a circle.
      const counts = await race(10, async (caller) =>
        caller % 2 === 0
          ? drawAll(storage, webhooks, 2)
          : (await drawAll(storage, [...webhooks].reverse(), 2)).reverse(),
      )
      const sums = webhooks.map((_, index) => counts.reduce((sum, count) => sum + (count[index] ?? 0), 0))
      assert.deepEqual(sums, [5, 5])
    },
  ),

  storageCase('a draw and a pause at once: the pause stays', async (storage) => {
    const webhook = await addWebhook(storage, { throttle })
    const pause = { waitsUntil: after(hour), waitsFor: 'paused' as const }
    await Promise.all([
      ...[1, 2, 3].map(async () => draw(storage, webhook, 9)),
      storage.updateWebhook(webhook, pause),
      ...[1, 2, 3].map(async () => draw(storage, webhook, 9)),
    ])
    assert.deepEqual(await storage.findWebhook(webhook), { ...webhook, ...pause })
  }),
]
