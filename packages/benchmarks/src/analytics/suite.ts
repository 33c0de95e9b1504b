import { randomBytes } from 'node:crypto'
import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { monotonicMs } from '../monotonic.ts'
import { figure, type Result } from '../results.ts'
import { checkNames, runScenarios } from '../run-scenarios.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { anyFacts, anyOf, days, pastMonth } from './past-month.ts'
import { inPostgres, inSqlite, type Store, type WithStore } from './stores.ts'

const organizationId = 'acme'
const eventTypes = Array.from({ length: 10 }, (_, n) => `lead_${n}`)
const webhookCount = 100
/** What was settled since the last fold: so many batches of so many deliveries of one webhook and event type. */
const unfolded = { batches: 500, size: 20 }
const dayMs = 86_400_000

/** How long analytics takes over a month of one organization. */
export async function analyticsSuite(options: SuiteOptions): Promise<Result[]> {
  const on = (name: string, withStore: WithStore) => async (chosen: SuiteOptions) =>
    withStore(async (store) => month(name, store, chosen))
  const scenarios = { sqlite: on('SQLite', inSqlite), postgres: on('Postgres', inPostgres) }
  checkNames(scenarios, options)
  return runScenarios(scenarios, options)
}

async function month(subject: string, store: Store, { rounds, quick }: SuiteOptions): Promise<Result[]> {
  const deliveries = quick ? 1_000_000 : 10_000_000
  const leadhooks = createLeadhooks({
    storage: store.storage,
    encryptionKeys: [{ id: 'k1', key: randomBytes(32).toString('base64') }],
  })
  await fill(leadhooks, store, deliveries)
  const to = new Date()
  const range = { organizationId, from: new Date(to.getTime() - days * dayMs), to }
  const { analytics } = leadhooks
  const [webhook] = (await leadhooks.webhooks.list({ organizationId, limit: 1 })).data
  const questions: Record<string, () => Promise<unknown>> = {
    summary: () => analytics.summary(range),
    'summary of a webhook and an event type': () =>
      analytics.summary({ ...range, webhookId: webhook?.id, eventType: 'lead_0' }),
    'series by day': () => analytics.timeSeries(range),
    'series by hour': () => analytics.timeSeries({ ...range, interval: 'hour' }),
    'by webhook': () => analytics.byWebhook({ ...range, limit: webhookCount }),
    'by event type': () => analytics.byEventType(range),
    errors: () => analytics.errors(range),
  }
  const results: Result[] = []
  for (const [name, ask] of Object.entries(questions)) {
    await ask()
    const values: number[] = []
    for (let round = 0; round < rounds; round++) {
      const before = monotonicMs()
      await ask()
      values.push(monotonicMs() - before)
    }
    const scenario = `${days} days over ${deliveries.toLocaleString('en')} deliveries: ${name}`
    results.push(figure({ scenario, subject, unit: 'ms', values, atMost: 200 }))
  }
  return results
}

async function fill(leadhooks: Leadhooks, store: Store, deliveries: number): Promise<void> {
  const webhookIds: string[] = []
  for (let n = 0; n < webhookCount; n++) {
    const url = `https://receiver.example/${n}`
    webhookIds.push((await leadhooks.webhooks.create({ organizationId, url })).webhook.id)
  }
  const now = Date.now()
  for (const rollups of pastMonth({ organizationId, webhookIds, eventTypes, deliveries, now }))
    await store.addRollups(rollups)
  const facts = Array.from({ length: unfolded.batches }, () => ({
    organizationId,
    webhookId: anyOf(webhookIds),
    eventType: anyOf(eventTypes),
    settledAt: new Date(now),
    facts: Array.from({ length: unfolded.size }, () => anyFacts(now)).join(','),
  }))
  await store.addFacts(facts)
  await store.tidy()
}
