import { expect, test, vi } from 'vitest'
import { openStorage } from './open.ts'
import { claimAll, newEvent, newWebhook } from './rows.ts'

const briefly = { ...claimAll, leaseMs: 1 }

test('what lapses and finds no room in one claim goes with the next, and not a second later', async () => {
  const { pool, storage } = await openStorage()
  await storage.insertWebhook(newWebhook())
  await storage.insertEvents(
    Array.from({ length: 6 }, () => newEvent()),
    {},
  )
  expect(await storage.claimDeliveries(briefly)).toHaveLength(6)
  const twoAtATime = { ...claimAll, limit: 2 }
  const first = await vi.waitUntil(
    async () => {
      const claimed = await storage.claimDeliveries(twoAtATime)
      return claimed.length > 0 && claimed
    },
    { timeout: 10_000, interval: 1 },
  )
  const second = await storage.claimDeliveries(twoAtATime)
  const third = await storage.claimDeliveries(twoAtATime)
  expect([first, second, third].map((claimed) => claimed.map(({ attempt }) => attempt))).toEqual([
    [2, 2],
    [2, 2],
    [2, 2],
  ])
  const { rows } = await pool.query(
    `select count(*)::int as lost from leadhooks.attempts where outcome = 'lost'`,
  )
  expect(rows).toEqual([{ lost: 6 }])
})
