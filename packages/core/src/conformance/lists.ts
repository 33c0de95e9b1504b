import assert from 'node:assert/strict'
import type { Page, PagePosition, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addWebhook,
  after,
  apiKeyRow,
  claim,
  dispatch,
  eventRow,
  only,
  settle,
  start,
  webhookRow,
  organizationRow,
} from './fixtures.ts'

interface List {
  /** Adds a row; answers where it stands in the list. */
  add(storage: Storage, createdAt: Date): Promise<PagePosition>
  read(storage: Storage, page: Page): Promise<PagePosition[]>
}

const organizationId = 'acme'
let organizations = 0

const lists: Record<string, List> = {
  organizations: {
    async add(storage, createdAt) {
      const id = `org-${(organizations++ * 7919) % 1000}`
      return storage.upsertOrganization(organizationRow({ id, createdAt }))
    },
    read: async (storage, page) => storage.listOrganizations(page),
  },
  'API keys': {
    async add(storage, createdAt) {
      const key = apiKeyRow({ createdAt })
      await storage.insertApiKey(key, `hash of ${key.id}`)
      return key
    },
    read: async (storage, page) => storage.listApiKeys({ organizationId, ...page }),
  },
  webhooks: {
    async add(storage, createdAt) {
      const webhook = webhookRow({ createdAt })
      await storage.insertWebhook(webhook)
      return webhook
    },
    read: async (storage, page) => storage.listWebhooks({ organizationId, ...page }),
  },
  events: {
    async add(storage, createdAt) {
      const event = eventRow({ createdAt })
      await storage.insertEvents([event], { now: createdAt })
      return event
    },
    read: async (storage, page) => storage.listEvents({ organizationId, ...page }),
  },
  deliveries: {
    async add(storage, createdAt) {
      const webhook = await addWebhook(storage)
      const event = only(await dispatch(storage, {}, { now: createdAt }))
      const query = { organizationId, eventId: event.id, limit: 10 }
      const delivery = only(await storage.listDeliveries(query))
      await storage.deleteWebhook(webhook)
      return delivery
    },
    read: async (storage, page) => storage.listDeliveries({ organizationId, ...page }),
  },
}

const keyOf = ({ createdAt, id }: PagePosition): string => `${createdAt.toISOString()} ${id}`
const newestFirst = (rows: PagePosition[]): string[] => rows.map(keyOf).sort().reverse()

/** Adds rows out of order, several of them with the same time. */
async function fill(list: List, storage: Storage): Promise<PagePosition[]> {
  const rows: PagePosition[] = []
  for (const ms of [5, 5, 1, 5, 3, 5, 1000, 5, 4, 5, 5, 5, 2]) rows.push(await list.add(storage, after(ms)))
  return rows
}

/** Reads page by page until one is not full, as core does; `between` is called after each. */
async function readAll(
  read: (page: Page) => Promise<PagePosition[]>,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<string[]> {
  const keys: string[] = []
  let page = await read({ limit })
  for (;;) {
    assert.ok(page.length <= limit, `A page of ${limit} must not have ${page.length} rows`)
    keys.push(...page.map(keyOf))
    const last = page.at(-1)
    if (last === undefined || page.length < limit || keys.length > 100) return keys
    await between()
    page = await read({ limit, after: { createdAt: last.createdAt, id: last.id } })
  }
}

function casesOf(name: string, list: List): ConformanceCase[] {
  return [
    storageCase(
      `${name} are listed from newest to oldest, by id where they are of the same time`,
      async (storage) => {
        assert.deepEqual(await list.read(storage, { limit: 10 }), [])
        const rows = await fill(list, storage)
        const listed = await list.read(storage, { limit: 100 })
        assert.deepEqual(listed.map(keyOf), newestFirst(rows))
      },
    ),

    storageCase(`pages of ${name} hold every row once, those of the same time too`, async (storage) => {
      const expected = newestFirst(await fill(list, storage))
      for (const limit of [1, 3, 4, 13]) {
        assert.deepEqual(await readAll(async (page) => list.read(storage, page), limit), expected)
      }
    }),

    storageCase(
      `pages of ${name} neither repeat nor skip a row while newer ones come in`,
      async (storage) => {
        const expected = newestFirst(await fill(list, storage))
        const add = async (): Promise<unknown> => list.add(storage, after(2000))
        assert.deepEqual(await readAll(async (page) => list.read(storage, page), 4, add), expected)
      },
    ),
  ]
}

/** Two webhooks, two event types, two events of each: eight deliveries, one of each event delivered. */
async function fillDeliveries(storage: Storage): Promise<{ webhookIds: string[]; eventIds: string[] }> {
  const webhookIds = [(await addWebhook(storage)).id, (await addWebhook(storage)).id]
  const [first = ''] = webhookIds
  const eventIds: string[] = []
  for (const type of ['contact.created', 'new_lead']) {
    for (const event of await dispatch(storage, { type, patterns: [type] }, { count: 2 }))
      eventIds.push(event.id)
  }
  for (const claimed of await claim(storage)) if (claimed.webhook.id === first) await settle(storage, claimed)
  return { webhookIds, eventIds }
}

export const listCases: readonly ConformanceCase[] = [
  ...Object.entries(lists).flatMap(([name, list]) => casesOf(name, list)),

  storageCase('a page goes on after its place, even if the row that stood there is gone', async (storage) => {
    const rows = []
    for (let i = 0; i < 6; i++) rows.push(await addWebhook(storage))
    const page = await storage.listWebhooks({ organizationId, limit: 2 })
    const last = page[1]
    assert.ok(last !== undefined)
    await storage.deleteWebhook(last)
    const rest = await storage.listWebhooks({ organizationId, limit: 10, after: last })
    assert.deepEqual([...page, ...rest].map(keyOf), newestFirst(rows))
  }),

  storageCase('ids that hosts choose page completely, whatever their characters', async (storage) => {
    const ids = ['a', 'B', 'b', 'A', '_', '-', '9', 'Z-1', 'z_1', 'Z_1', 'z-1', '10', '1', 'aa', 'a-a', 'aA']
    for (const id of ids) await storage.insertEvents([eventRow({ id })], { now: start })
    for (const limit of [1, 5]) {
      const read = async (page: Page) => storage.listEvents({ organizationId, ...page })
      const listed = await readAll(read, limit)
      assert.deepEqual([...listed].sort(), newestFirst(ids.map((id) => ({ id, createdAt: start }))).reverse())
    }
  }),

  storageCase('events can be listed by their type, page by page', async (storage) => {
    const leads = []
    for (let i = 0; i < 5; i++) {
      leads.push(...(await dispatch(storage, { type: 'new_lead' }, { now: after(i) })))
      await dispatch(storage, {}, { now: after(i) })
    }
    const read = async (page: Page) => storage.listEvents({ organizationId, type: 'new_lead', ...page })
    assert.deepEqual(await readAll(read, 2), newestFirst(leads))
    assert.deepEqual(await storage.listEvents({ organizationId, type: 'unknown', limit: 10 }), [])
  }),

  storageCase(
    'deliveries can be listed by webhook, event, event type and status, and by all of them',
    async (storage) => {
      const { webhookIds, eventIds } = await fillDeliveries(storage)
      const [first = '', second = ''] = webhookIds
      const [contact = '', , lead = ''] = eventIds
      const counts: [object, number][] = [
        [{}, 8],
        [{ webhookId: first }, 4],
        [{ eventId: contact }, 2],
        [{ eventType: 'new_lead' }, 4],
        [{ status: 'delivered' }, 4],
        [{ status: 'pending' }, 4],
        [{ status: 'retrying' }, 0],
        [{ webhookId: first, status: 'pending' }, 0],
        [{ webhookId: second, eventType: 'new_lead' }, 2],
        [{ webhookId: second, eventId: lead, eventType: 'new_lead', status: 'pending' }, 1],
        [{ eventId: lead, eventType: 'contact.created' }, 0],
        [{ webhookId: 'whk_unknown' }, 0],
        [{ webhookId: undefined, eventId: undefined, eventType: undefined, status: undefined }, 8],
      ]
      for (const [filters, count] of counts) {
        const deliveries = await storage.listDeliveries({ organizationId, limit: 100, ...filters })
        assert.equal(
          deliveries.length,
          count,
          `There must be ${count} deliveries of ${JSON.stringify(filters)}`,
        )
        for (const delivery of deliveries) assert.deepEqual(delivery, { ...delivery, ...definedOf(filters) })
      }
    },
  ),

  storageCase('a filtered list of deliveries pages completely', async (storage) => {
    const { webhookIds } = await fillDeliveries(storage)
    const query = { organizationId, webhookId: webhookIds[1], status: 'pending' } as const
    const all = await storage.listDeliveries({ ...query, limit: 100 })
    assert.equal(all.length, 4)
    assert.deepEqual(
      await readAll(async (page) => storage.listDeliveries({ ...query, ...page }), 1),
      newestFirst(all),
    )
  }),
]

function definedOf(filters: object): object {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
}
