import assert from 'node:assert/strict'
import type { Scoped, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  apiKeyRow,
  claim,
  dispatch,
  only,
  reload,
  settle,
} from './fixtures.ts'

/** Everything that organization `acme` can have: one row of each. */
interface Rows {
  apiKey: Scoped
  webhook: Scoped
  event: Scoped
  deadLetter: Scoped
  pending: Scoped
}

async function addRows(storage: Storage): Promise<Rows> {
  const apiKey = apiKeyRow()
  await storage.insertApiKey(apiKey, 'hash')
  const claimed = await addClaimed(storage)
  await storage.keepBodies([{ id: claimed.id, lease: claimed.lease, format: 'data', body: '1' }])
  await settle(storage, claimed, { next: { status: 'dead_letter', reason: 'exhausted' } })
  const event = only(await dispatch(storage))
  const pending = only(await storage.listDeliveries({ organizationId: 'acme', eventId: event.id, limit: 10 }))
  return { apiKey, webhook: claimed.webhook, event, deadLetter: claimed, pending }
}

/** All that can be seen of organization `acme`. */
async function snapshot(storage: Storage, { deadLetter, pending }: Rows): Promise<unknown[]> {
  const query = { organizationId: 'acme', limit: 100 }
  return [
    await storage.listApiKeys(query),
    await storage.listWebhooks(query),
    await storage.listEvents(query),
    await storage.listDeliveries(query),
    await storage.listAttempts(deadLetter),
    await storage.listAttempts(pending),
  ]
}

const foreign = ({ id }: Scoped): Scoped => ({ organizationId: 'globex', id })
const query = { organizationId: 'globex', limit: 100 }
const now = after(5)

/** Each method as another organization calls it with ids of `acme`, and what it must answer. */
const calls: Record<string, { call: (storage: Storage, rows: Rows) => Promise<unknown>; answer: unknown }> = {
  findApiKey: { call: async (storage, { apiKey }) => storage.findApiKey(foreign(apiKey)), answer: null },
  listApiKeys: { call: async (storage) => storage.listApiKeys(query), answer: [] },
  updateApiKey: {
    call: async (storage, { apiKey }) => storage.updateApiKey(foreign(apiKey), { name: 'Taken' }),
    answer: null,
  },
  revokeApiKey: {
    call: async (storage, { apiKey }) =>
      storage.revokeApiKey(foreign(apiKey), { revokedAt: now, reason: null }),
    answer: null,
  },
  rotateApiKey: {
    call: async (storage, { apiKey }) =>
      storage.rotateApiKey(foreign(apiKey), {
        hash: 'stolen',
        start: 'lh_live_st0l',
        last4: 'stol',
        rotatedAt: now,
        graceEndsAt: null,
      }),
    answer: null,
  },
  revokeApiKeys: {
    call: async (storage) =>
      storage.revokeApiKeys({ organizationId: 'globex' }, { revokedAt: now, reason: null }),
    answer: [],
  },
  recordApiKeyUsage: {
    call: async (storage, { apiKey }) =>
      storage.recordApiKeyUsage([{ ...foreign(apiKey), usedAt: now, ip: null, userAgent: null }], []),
    answer: undefined,
  },
  findWebhook: { call: async (storage, { webhook }) => storage.findWebhook(foreign(webhook)), answer: null },
  listWebhooks: { call: async (storage) => storage.listWebhooks(query), answer: [] },
  updateWebhook: {
    call: async (storage, { webhook }) =>
      storage.updateWebhook(foreign(webhook), { url: 'https://thief.example/', updatedAt: now }),
    answer: null,
  },
  drawFromThrottles: {
    call: async (storage, { webhook }) =>
      storage.drawFromThrottles([{ ...foreign(webhook), wanted: 1 }], { now }),
    answer: [0],
  },
  deleteWebhook: {
    call: async (storage, { webhook }) => storage.deleteWebhook({ ...foreign(webhook), now }),
    answer: false,
  },
  findEvent: { call: async (storage, { event }) => storage.findEvent(foreign(event)), answer: null },
  redactEvent: {
    call: async (storage, { event }) => storage.redactEvent({ ...foreign(event), now }),
    answer: null,
  },
  listEvents: { call: async (storage) => storage.listEvents(query), answer: [] },
  findDelivery: {
    call: async (storage, { pending }) => storage.findDelivery(foreign(pending)),
    answer: null,
  },
  listDeliveries: { call: async (storage) => storage.listDeliveries(query), answer: [] },
  'listDeliveries of a webhook': {
    call: async (storage, { webhook }) => storage.listDeliveries({ ...query, webhookId: webhook.id }),
    answer: [],
  },
  'listDeliveries of an event': {
    call: async (storage, { event }) => storage.listDeliveries({ ...query, eventId: event.id }),
    answer: [],
  },
  listAttempts: {
    call: async (storage, { deadLetter }) => storage.listAttempts(foreign(deadLetter)),
    answer: null,
  },
  findBody: {
    call: async (storage, { deadLetter }) => storage.findBody(foreign(deadLetter)),
    answer: null,
  },
  retryDelivery: {
    call: async (storage, { pending }) => storage.retryDelivery({ ...foreign(pending), now }),
    answer: null,
  },
  replayDelivery: {
    call: async (storage, { deadLetter }) => storage.replayDelivery({ ...foreign(deadLetter), now }),
    answer: null,
  },
  cancelDelivery: {
    call: async (storage, { pending }) => storage.cancelDelivery({ ...foreign(pending), now }),
    answer: null,
  },
  resolveDelivery: {
    call: async (storage, { deadLetter }) => storage.resolveDelivery({ ...foreign(deadLetter), now }),
    answer: null,
  },
}

export const isolationCases: readonly ConformanceCase[] = [
  ...Object.entries(calls).map(([method, { call, answer }]) =>
    storageCase(
      `${method} answers another organization as if there were nothing, and changes nothing`,
      async (storage) => {
        const rows = await addRows(storage)
        const before = await snapshot(storage, rows)
        assert.deepEqual(await call(storage, rows), answer)
        assert.deepEqual(await snapshot(storage, rows), before)
        assert.equal((await claim(storage, { now })).length, 1)
      },
    ),
  ),

  storageCase('deleting a webhook cancels no delivery of another organization', async (storage) => {
    const other = await addClaimed(storage, { organizationId: 'globex' })
    const webhook = await addWebhook(storage)
    await dispatch(storage)
    await storage.deleteWebhook({ ...webhook, now })
    assert.equal((await reload(storage, other)).status, 'pending')
    assert.equal(await settle(storage, other), true)
  }),

  storageCase('a row that a caller changes afterwards is not changed in the storage', async (storage) => {
    const rows = await addRows(storage)
    const before = structuredClone(await snapshot(storage, rows))
    const given = await snapshot(storage, rows)
    for (const row of given.flat())
      Object.assign(Object(row), { id: 'changed', status: 'changed', permissions: [] })
    const [claimed] = await claim(storage, { now })
    claimed?.webhook.eventTypes.push('changed')
    claimed?.createdAt.setTime(0)
    assert.deepEqual(await snapshot(storage, rows), before)
  }),
]
