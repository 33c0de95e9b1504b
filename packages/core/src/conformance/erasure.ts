import assert from 'node:assert/strict'
import type { Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addWebhook,
  after,
  apiKeyRow,
  attemptRow,
  claim,
  dispatch,
  hour,
  only,
  race,
  settle,
  start,
  typeRow,
} from './fixtures.ts'

const organizationId = 'acme'

/** Removes everything in small batches; answers how many there were. */
async function erase(storage: Storage, limit = 2): Promise<number> {
  await storage.beginErasure({ organizationId })
  let batches = 0
  while (await storage.eraseNext({ organizationId, limit })) batches++
  return batches
}

/** Something of everything that an organization can have. */
async function fill(storage: Storage, owner: string): Promise<void> {
  const key = apiKeyRow({ organizationId: owner })
  await storage.upsertOrganization({
    id: owner,
    name: 'Name',
    eventsPerMinute: null,
    maintenance: [],
    retention: null,
    createdAt: start,
  })
  await storage.insertApiKey(key, `hash of ${owner}`)
  const use = { organizationId: owner, id: key.id }
  const count = { ...use, interval: 'hour', startsAt: start, outcome: 'ok', route: '', count: 3 } as const
  await storage.recordApiKeyUsage([{ ...use, usedAt: start, ip: null, userAgent: null }], [count])
  await storage.insertEventType(typeRow({ organizationId: owner }))
  await storage.takeRequest({ ...requestOf(owner), fingerprint: 'f', holder: 'a', leaseMs: hour, now: start })
  for (let n = 0; n < 2; n++) await addWebhook(storage, { organizationId: owner })
  await dispatch(storage, { organizationId: owner }, { count: 3 })
  const mine = (await claim(storage)).filter((one) => one.organizationId === owner)
  const [delivered, failed, dead, ...held] = mine
  assert.ok(delivered !== undefined && failed !== undefined && dead !== undefined && held.length > 0)
  const { id, lease } = delivered
  await storage.keepBodies([{ id, lease, format: 'standard', body: '{}' }])
  await settle(storage, delivered, { attempt: attemptRow(1) })
  await settle(storage, failed, { next: { status: 'retrying', delayMs: hour } })
  await settle(storage, dead, { next: { status: 'dead_letter', reason: 'exhausted' } })
  await dispatch(storage, { organizationId: owner, type: 'new_lead', patterns: ['new_lead'] })
}

function requestOf(owner: string) {
  return { organizationId: owner, route: 'POST /keys', key: 'once' }
}

/** Whether a request of the organization is known; where it was not, it is dropped again. */
async function knowsRequest(storage: Storage, owner: string): Promise<boolean> {
  const take = { ...requestOf(owner), fingerprint: 'f', holder: 'who asks', leaseMs: hour, now: start }
  const known = await storage.takeRequest(take)
  await storage.dropRequest(take)
  return known !== null
}

/** All that can be seen of an organization. */
async function snapshot(storage: Storage, owner: string): Promise<unknown[]> {
  const query = { organizationId: owner, limit: 1000 }
  const deliveries = await storage.listDeliveries(query)
  const attempts = []
  for (const delivery of deliveries)
    attempts.push(await storage.listAttempts(delivery), await storage.findBody(delivery))
  const found = await storage.findApiKeyByHash([`hash of ${owner}`])
  return [
    await storage.findOrganization(owner),
    found,
    await storage.listApiKeys(query),
    await storage.listEventTypes(query),
    await storage.listWebhooks(query),
    await storage.listEvents(query),
    deliveries,
    attempts,
    await storage.listBulkReplays(query),
    await storage.listAudit(query),
    await storage.findAuditHead(owner),
    await knowsRequest(storage, owner),
  ]
}

const nothing = [null, null, [], [], [], [], [], [], [], [], null, false]

export const erasureCases: readonly ConformanceCase[] = [
  storageCase(
    'of an organization that is erased nothing is left, and of others everything',
    async (storage) => {
      await fill(storage, 'globex')
      await fill(storage, organizationId)
      const version = await storage.eventTypesVersion()
      const others = await snapshot(storage, 'globex')
      assert.ok((await erase(storage)) > 0)
      assert.deepEqual(await snapshot(storage, organizationId), nothing)
      assert.deepEqual(await snapshot(storage, 'globex'), others)
      assert.notEqual(await storage.eventTypesVersion(), version)
      const due = await claim(storage, { now: after(2 * hour), limit: 1000 })
      assert.ok(due.length > 0 && due.every((claimed) => claimed.organizationId === 'globex'))
      assert.equal(await erase(storage), 0)
    },
  ),

  storageCase('an erasure is noted once, until nothing is left', async (storage) => {
    await fill(storage, organizationId)
    const begun = await race(10, async () => storage.beginErasure({ organizationId }))
    assert.equal(begun.filter(Boolean).length, 1)
    await storage.beginErasure({ organizationId: 'globex' })
    assert.deepEqual(await storage.listErasures({ limit: 10 }), [organizationId, 'globex'])
    assert.deepEqual(await storage.listErasures({ limit: 1 }), [organizationId])
    assert.equal(await storage.eraseNext({ organizationId: 'globex', limit: 10 }), false)
    assert.deepEqual(await storage.listErasures({ limit: 10 }), [organizationId])
    await erase(storage)
    assert.deepEqual(await storage.listErasures({ limit: 10 }), [])
    assert.equal(await storage.beginErasure({ organizationId }), true)
  }),

  storageCase('what workers bring after an erasure is kept nowhere', async (storage) => {
    await addWebhook(storage)
    await dispatch(storage)
    const held = only(await claim(storage))
    await erase(storage)
    assert.equal(await settle(storage, held), false)
    const { id, lease } = held
    assert.deepEqual(await storage.keepBodies([{ id, lease, format: 'standard', body: '{}' }]), [false])
    assert.deepEqual(await storage.renewLeases([held], { leaseMs: hour, now: start }), [])
    assert.deepEqual(await snapshot(storage, organizationId), nothing)
  }),

  storageCase(
    'an organization is erased by several at once, while its events are dispatched, claimed and settled',
    async (storage) => {
      await addWebhook(storage, { organizationId: 'globex' })
      for (let n = 0; n < 3; n++) await addWebhook(storage)
      await dispatch(storage, {}, { count: 10 })
      let dispatched = 0
      await Promise.all([
        ...Array.from({ length: 3 }, async () => erase(storage)),
        race(4, async () => {
          for (let n = 0; n < 5; n++) {
            await dispatch(storage)
            await dispatch(storage, { organizationId: 'globex' })
            dispatched++
            // A claim may find that what it has just seen is gone.
            const claimed = await claim(storage, { limit: 2 }).catch(() => [])
            for (const one of claimed) if (one.organizationId === organizationId) await settle(storage, one)
          }
        }),
      ])
      await erase(storage)
      assert.deepEqual(await snapshot(storage, organizationId), nothing)
      const query = { organizationId: 'globex', limit: 1000 }
      assert.equal((await storage.listEvents(query)).length, dispatched)
      assert.equal((await storage.listDeliveries(query)).length, dispatched)
    },
  ),
]
