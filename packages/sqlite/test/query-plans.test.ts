import type { DeliveryQuery, Storage } from '@leadhooks/core/storage'
import { sqliteStorage } from '@leadhooks/sqlite'
import BetterSqlite from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { claimAll, newEvent, newWebhook, settled } from './rows.ts'

const hour = 3_600_000

/** A handle that remembers what was prepared on it. */
class RecordingDatabase extends BetterSqlite {
  readonly prepared: string[] = []

  override prepare(text: string): never {
    if (!text.startsWith('explain')) this.prepared.push(text)
    return super.prepare(text) as never
  }

  /** How SQLite runs what was prepared since the last look, step by step. */
  takePlans(): string[] {
    const statements = this.prepared
      .splice(0)
      .filter((text) => /^\s*(select|insert|update|delete)/.test(text))
    return statements.flatMap((text) => {
      const parameters = Array.from({ length: text.split('?').length - 1 }, () => 1)
      const steps: unknown[] = super.prepare(`explain query plan ${text}`).all(...parameters)
      return (steps as { detail: string }[]).map(({ detail }) => detail)
    })
  }
}

/** Makes a storage with many deliveries that are finished, many that are due in an hour, and some that are fresh. */
async function openFilled(): Promise<{ database: RecordingDatabase; storage: Storage }> {
  const database = new RecordingDatabase(':memory:')
  onTestFinished(() => void database.close())
  const storage = sqliteStorage({ database }) as Storage
  await storage.migrate()
  // Migrations may use columns that a later step takes away.
  database.prepared.splice(0)
  await storage.insertWebhook(newWebhook())
  const dispatch = async (count: number): Promise<unknown> =>
    storage.insertEvents(
      Array.from({ length: count }, () => newEvent()),
      {},
    )
  await dispatch(1000)
  const settlements = (await storage.claimDeliveries(claimAll)).map((claimed, index) =>
    settled(claimed, index % 2 === 0 ? { status: 'delivered' } : { status: 'retrying', delayMs: hour }),
  )
  await storage.settleDeliveries(settlements, {})
  await dispatch(20)
  database.takePlans()
  return { database, storage }
}

test('nothing of a delivery’s life reads a table from end to end, or sorts', async () => {
  const { database, storage } = await openFilled()
  const at = (hours: number): { now: Date } => ({ now: new Date(Date.now() + hours * hour) })
  const fresh = await storage.claimDeliveries(claimAll)
  expect(fresh).toHaveLength(20)
  await storage.renewLeases(fresh, { leaseMs: 60_000 })
  await storage.settleDeliveries(
    fresh.slice(10).map((claimed) => settled(claimed)),
    {},
  )
  const later = await storage.claimDeliveries({ ...claimAll, ...at(2) })
  expect(later, 'Retries that fell due, and leases that lapsed').toHaveLength(510)
  await storage.releaseDeliveries(later.slice(0, 10), {})
  await storage.settleDeliveries(
    fresh.slice(0, 5).map((claimed) => settled(claimed)),
    {},
  )
  await storage.settleDeliveries(
    later.slice(10).map((claimed) => settled(claimed)),
    {},
  )
  await storage.insertEvents([newEvent()], {})

  const plans = database.takePlans()
  expect(
    plans.filter((step) => /^(SCAN (?!\(subquery|listed|leadhooks_fan_out)|USE TEMP B-TREE)/.test(step)),
  ).toEqual([])
  expect(plans).toContainEqual(
    expect.stringContaining('leadhooks_waiting_deliveries (organization_id=? AND webhook_id=?'),
  )
  expect(plans).toContainEqual(
    expect.stringContaining('leadhooks_fresh_deliveries USING PRIMARY KEY (organization_id>?)'),
  )
})

test('what is old is found by an index, however much there is that is not', async () => {
  const { database, storage } = await openFilled()
  const walk = { organizationId: 'acme', after: null, limit: 10 }
  const finishedBefore = new Date(Date.now() + hour)
  for (const status of ['delivered', 'dead_letter', 'cancelled'] as const)
    await storage.forgetDeliveries({ ...walk, status, finishedBefore })
  await storage.forgetEvents({ ...walk, createdBefore: finishedBefore })
  await storage.listRetentions({ afterId: '', limit: 10 })
  await storage.forgetBulkReplays({ organizationId: 'acme', finishedBefore, limit: 10 })
  await storage.forgetApiKeys({ endedBefore: finishedBefore, limit: 10 })
  const plans = database.takePlans()
  expect(plans).toContainEqual(
    expect.stringContaining('USING PRIMARY KEY (organization_id=? AND id>? AND id<?)'),
  )
  expect(plans).toContainEqual(
    expect.stringContaining(
      'leadhooks_deliveries_by_status (organization_id=? AND status=? AND id>? AND id<?)',
    ),
  )
  expect(plans).toContainEqual(expect.stringContaining('leadhooks_events_by_age (organization_id=? AND'))
  expect(
    plans.filter((step) =>
      /^(SCAN (?!\(subquery|listed|leadhooks_fan_out|CONSTANT)|USE TEMP B-TREE FOR ORDER)/.test(step),
    ),
  ).toEqual([])
})

const page = { organizationId: 'acme', limit: 10, after: { createdAt: new Date(), id: 'dlv_9' } }

test.each<[Partial<DeliveryQuery>, string]>([
  [{}, 'USING PRIMARY KEY (organization_id=? AND id<?)'],
  [{ eventType: 'new_lead' }, 'USING PRIMARY KEY (organization_id=? AND id<?)'],
  [{ status: 'delivered' }, 'USING PRIMARY KEY (organization_id=? AND id<?)'],
  [
    { webhookId: 'whk' },
    'USING INDEX leadhooks_deliveries_by_webhook (organization_id=? AND webhook_id=? AND id<?)',
  ],
  [{ eventId: 'evt' }, 'USING INDEX leadhooks_replays (organization_id=? AND event_id=? AND id<?)'],
  [
    { status: 'pending' },
    'USING INDEX leadhooks_deliveries_by_status (organization_id=? AND status=? AND id<?)',
  ],
  [
    { webhookId: 'whk', status: 'dead_letter' },
    'USING INDEX leadhooks_deliveries_by_status (organization_id=? AND status=? AND id<?)',
  ],
])('a page of the deliveries with %j begins at its place in an index', async (filters, expected) => {
  const { database, storage } = await openFilled()
  await storage.listDeliveries({ ...page, ...filters })
  const plans = database.takePlans()
  expect(plans).toContain(`SEARCH leadhooks_deliveries ${expected}`)
  const fromEndToEnd = /^SCAN (?!\(subquery|stored|fresh|listed|leadhooks_fan_out)/
  expect(plans.filter((step) => fromEndToEnd.test(step))).toEqual([])
  expect(
    plans.filter((step) => /^SEARCH (listing|event) /.test(step) && !step.includes('INTEGER PRIMARY KEY')),
  ).toEqual([])
})

test('a page of every other list begins at its place in an index', async () => {
  const { database, storage } = await openFilled()
  await storage.listEvents(page)
  await storage.listApiKeys(page)
  await storage.listWebhooks(page)
  await storage.listOrganizations(page)
  await storage.findEvent({ organizationId: 'acme', id: 'lead-1' })
  await storage.findApiKeyByHash(['hash'])
  expect(database.takePlans()).toEqual([
    'SEARCH leadhooks_events USING INDEX leadhooks_events_by_age (organization_id=? AND (created_at,id)<(?,?))',
    'SEARCH leadhooks_api_keys USING INDEX leadhooks_api_keys_by_age (organization_id=? AND (created_at,id)<(?,?))',
    'SEARCH leadhooks_webhooks USING INDEX leadhooks_webhooks_by_age (organization_id=? AND (created_at,id)<(?,?))',
    'SEARCH leadhooks_organizations USING INDEX leadhooks_organizations_by_age ((created_at,id)<(?,?))',
    'SEARCH leadhooks_events USING INDEX leadhooks_events_by_id (organization_id=? AND id=?)',
    'SEARCH token USING PRIMARY KEY (hash=?)',
    'SEARCH leadhooks_api_keys USING PRIMARY KEY (id=?)',
  ])
})
