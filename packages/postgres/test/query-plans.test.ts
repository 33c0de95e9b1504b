import type { ClaimedDelivery, DeliveryQuery, NewEvent, Storage } from '@leadhooks/core/storage'
import { Client, Pool } from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { newEvent, newWebhook, settled } from './rows.ts'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'

const finished = 1_000_000
const future = 200_000

let storage: Storage
let pool: Pool
let plans: string[]

/** Connections that tell how the server ran each statement. */
const explain = Object.entries({
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  client_min_messages: 'log',
})

/** A database with a long past and a long future, whose plans of every statement are kept. */
beforeAll(async () => {
  const url = await (await testPostgres()).createDatabase()
  const webhooks = Array.from({ length: 100 }, (_, n) => newWebhook({ organizationId: `org_${n % 10}` }))
  plans = []
  pool = new Pool({
    connectionString: url,
    options: explain.map(([name, value]) => `-c ${name}=${value}`).join(' '),
  })
  pool.on('connect', (client) => client.on('notice', ({ message }) => void plans.push(message ?? '')))
  storage = postgresStorage({ pool })
  await storage.migrate()
  for (const webhook of webhooks) await storage.insertWebhook(webhook)
  await fill(
    url,
    webhooks.map(({ id }) => id),
  )
  return async () => {
    await storage.close()
    await pool.end()
  }
}, 180_000)

async function fill(url: string, webhookIds: string[]): Promise<void> {
  const admin = new Client({ connectionString: url })
  await admin.connect()
  await admin.query(`
    insert into leadhooks.events (organization_id, id, type, created_at, deliveries, body)
    select 'org_' || n % 10, 'evt_' || n, 'contact.created', now() - interval '1 day', 'dlv_' || n || '_', '{}'
    from generate_series(1, 10000) as n`)
  await admin.query(
    `insert into leadhooks.deliveries (id, organization_id, webhook_id, event_id, event_type, status, attempts, created_at, finished_at)
    select 'dlv_' || n % 10000 || '_' || n, 'org_' || n % 10, ($1::text[])[n % 100 + 1], 'evt_' || n % 10000, 'contact.created',
      'delivered', 1, now() - n * interval '1 second', now()
    from generate_series(1, ${finished}) as n`,
    [webhookIds],
  )
  await admin.query(
    `insert into leadhooks.queue (id, organization_id, webhook_id, event_id, status, due_at, created_at)
    select 'dlv_later_' || n, 'org_' || n % 10, ($1::text[])[n % 100 + 1], 'evt_' || n % 10000 + 1, 'retrying',
      now() + interval '1 hour' + n * interval '1 second', now()
    from generate_series(1, ${future}) as n`,
    [webhookIds],
  )
  await admin.query(`
    insert into leadhooks.api_keys (id, organization_id, name, environment, permissions, start, last4, created_at)
    select 'key_' || n, 'org_1', 'Key', 'live', '[]', 'lh_live_', 'abcd', now() from generate_series(1, 20000) as n`)
  await admin.query('vacuum analyze')
  await admin.end()
}

/** The plans of what runs meanwhile. */
async function plansOf(work: () => Promise<unknown>): Promise<string> {
  plans.length = 0
  await work()
  return plans.join('\n')
}

/** How many pages the statements read together. */
function pagesOf(shown: string): number {
  // The first line of a plan counts its children's pages, too.
  const tops = shown.split('duration: ').map((plan) => /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(plan))
  return tops.reduce((sum, top) => sum + Number(top?.[1] ?? 0) + Number(top?.[2] ?? 0), 0)
}

async function dispatch(count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => newEvent({ organizationId: `org_${n % 10}` }))
  await storage.insertEvents(events, {})
}

const readsWhole = /Seq Scan on (queue|deliveries|events|attempts)/
const claimSome = { limit: 100, leaseMs: 60_000, room: new Map(), defaultConcurrency: 1000 }

test('looking when nothing is due reads a few pages, however much lies behind and ahead', async () => {
  // The first look goes through all webhooks.
  await storage.claimDeliveries(claimSome)
  const shown = await plansOf(async () => storage.claimDeliveries(claimSome))
  expect(shown).toContain('queue_by_due_time')
  expect(shown).not.toMatch(readsWhole)
  expect(pagesOf(shown)).toBeLessThan(50)
})

test('no step of a delivery’s life reads a table from end to end', async () => {
  // Connections choose a plan for good after a few times.
  for (let round = 0; round < 8; round++) {
    let claimed: ClaimedDelivery[] = []
    const dispatched = await plansOf(async () => dispatch(20))
    const claiming = await plansOf(async () => (claimed = await storage.claimDeliveries(claimSome)))
    const renewed = await plansOf(async () => storage.renewLeases(claimed, { leaseMs: 60_000 }))
    const released = await plansOf(async () => storage.releaseDeliveries(claimed.splice(50), {}))
    const settlements = claimed.map((one, index) =>
      settled(one, index % 2 === 0 ? { status: 'delivered' } : { status: 'retrying', delayMs: 3_600_000 }),
    )
    const settling = await plansOf(async () => storage.settleDeliveries(settlements, {}))
    expect(claimed.length).toBe(50)
    for (const shown of [dispatched, claiming, renewed, released, settling]) {
      expect(shown).toContain('Query Text')
      expect(shown).not.toMatch(readsWhole)
    }
    expect(claiming).toContain('Index Scan using queue_lanes')
    expect(pagesOf(claiming)).toBeLessThan(100 * 60)
  }
})

test('lists and look-ups read no more than a page of them', async () => {
  const [any] = await storage.listDeliveries({ organizationId: 'org_1', status: 'delivered', limit: 1 })
  const { id = '', webhookId = '', eventId = '' } = any ?? {}
  const queries: DeliveryQuery[] = [
    { organizationId: 'org_1', limit: 50 },
    { organizationId: 'org_1', limit: 50, status: 'delivered' },
    { organizationId: 'org_1', limit: 50, status: 'retrying' },
    { organizationId: 'org_1', limit: 50, status: 'dead_letter' },
    { organizationId: 'org_1', limit: 50, webhookId },
    { organizationId: 'org_1', limit: 50, eventId },
    { organizationId: 'org_1', limit: 50, after: { createdAt: new Date(Date.now() - 500_000_000), id } },
  ]
  for (const query of queries) {
    // What waits for one webhook, all 2,000 of it, lies in the order in which it falls due.
    const shown = await plansOf(async () => storage.listDeliveries(query))
    expect(shown, JSON.stringify(query)).not.toMatch(readsWhole)
    expect(pagesOf(shown), `${JSON.stringify(query)}\n${shown}`).toBeLessThan(
      webhookId === query.webhookId ? 5000 : 2000,
    )
  }
  const found = await plansOf(async () => storage.findDelivery({ organizationId: 'org_1', id }))
  expect(pagesOf(found)).toBeLessThan(50)
})

test('what is old is found by an index, however much there is that is not', async () => {
  const walk = { organizationId: 'org_1', after: null, limit: 100 }
  const finishedBefore = new Date(Date.now() - 86_400_000)
  const steps: [work: () => Promise<unknown>, index: RegExp][] = [
    [
      async () => storage.forgetDeliveries({ ...walk, status: 'delivered', finishedBefore }),
      /deliveries_by_age/,
    ],
    [
      async () => storage.forgetDeliveries({ ...walk, status: 'dead_letter', finishedBefore }),
      /deliveries_by_status/,
    ],
    [
      async () => storage.forgetDeliveries({ ...walk, status: 'cancelled', finishedBefore }),
      /deliveries_by_status/,
    ],
    [async () => storage.forgetEvents({ ...walk, createdBefore: new Date() }), /events_by_age/],
    [async () => storage.listRetentions({ afterId: '', limit: 3 }), /Index Only Scan/],
    [async () => storage.forgetApiKeys({ endedBefore: finishedBefore, limit: 100 }), /api_keys_revoked/],
  ]
  for (const [work, index] of steps) {
    const shown = await plansOf(work)
    expect(shown).toMatch(index)
    // There are few attempts to look through.
    expect(shown).not.toMatch(/Seq Scan on (queue|deliveries|events)/)
    expect(pagesOf(shown), shown).toBeLessThan(20_000)
  }
})

test('a hundred thousand deliveries that wait behind one of their ordering key cost nobody anything', async () => {
  const webhook = newWebhook({ organizationId: 'ordered', ordered: true })
  const event = (orderingKey: string | null): NewEvent => newEvent({ organizationId: 'ordered', orderingKey })
  const claim = async (): Promise<ClaimedDelivery[]> => storage.claimDeliveries(claimSome)
  // What the tests before have left.
  for (let rest = await claim(); rest.length > 0; rest = await claim())
    await storage.settleDeliveries(
      rest.map((one) => settled(one)),
      {},
    )
  await storage.insertWebhook(webhook)
  await storage.insertEvents([event('a')], {})
  let [claimed] = await claim()
  await pool.query(
    `insert into leadhooks.queue (id, organization_id, webhook_id, event_id, due_at, created_at, ordering_key, place)
    select 'dlv_behind_' || n, organization_id, webhook_id, event_id, 'infinity', created_at, ordering_key, place + n
    from leadhooks.queue, generate_series(1, 100000) as n where webhook_id = $1`,
    [webhook.id],
  )
  await pool.query('vacuum analyze leadhooks.queue')
  for (let round = 0; round < 8; round++) {
    const shown = await plansOf(async () => {
      await storage.insertEvents([event('a'), event('b'), event(null)], {})
      if (claimed) await storage.settleDeliveries([settled(claimed)], {})
      const all = [...(await claim()), ...(await claim())]
      claimed = all.find(({ orderingKey }) => orderingKey === 'a')
      const others = all.filter((one) => one !== claimed)
      expect(others).toHaveLength(2)
      await storage.settleDeliveries(
        others.map((one) => settled(one)),
        {},
      )
    })
    expect(claimed?.id).toBe(`dlv_behind_${round + 1}`)
    expect(shown).not.toMatch(readsWhole)
    expect(pagesOf(shown), shown).toBeLessThan(3000)
  }
})
