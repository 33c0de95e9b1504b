import { newDeliveryId } from '@leadhooks/core/storage'
import { expect, test } from 'vitest'
import { openMigrated } from './open.ts'
import { eventIds, newEvent, newWebhook } from './rows.ts'

/** An id as Leadhooks makes it. */
const idMadeAt = (time: number): string => newDeliveryId(time).replace('dlv_', 'evt_')

const now = Date.parse('2026-01-01')

test.each([
  ['first at its time, then at another', [now, now + 5]],
  ['first at another time, then at its own', [now - 5, now]],
  ['twice at other times', [now - 5, now + 5]],
  ['twice at its time', [now, now]],
])(
  'an id that says a time is one event, whatever time it comes with: %s',
  async (_, [first = 0, second = 0]) => {
    const storage = await openMigrated({ path: ':memory:' })
    await storage.insertWebhook(newWebhook())
    const id = idMadeAt(now)
    const event = newEvent({ id, createdAt: new Date(first) })
    expect(await storage.insertEvents([event], {})).toMatchObject([{ duplicate: false }])
    expect(await storage.insertEvents([newEvent({ id, createdAt: new Date(second) })], {})).toMatchObject([
      { duplicate: true, event: { createdAt: new Date(first) } },
    ])
    expect(await storage.findEvent(event)).toMatchObject({ id, createdAt: new Date(first) })
    expect(await eventIds(storage)).toEqual([id])
    expect(await storage.listDeliveries({ organizationId: 'acme', eventId: id, limit: 5 })).toHaveLength(1)
  },
)
