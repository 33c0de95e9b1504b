import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLeadhooks, type DeliveryOptions, type Leadhooks } from '@leadhooks/core'
import { generateSecret } from '@leadhooks/verify-signature'
import { onTestFinished } from 'vitest'
import { type Endpoint, startEndpoint } from './endpoint.ts'
import { Fleet } from './fleet.ts'
import { openPlace } from './storage-place.ts'
import { createStore, type StorageKind, type Store } from './store.ts'
import { until } from './until.ts'

export interface StageOptions {
  /** A new database of this kind, or one that is there. */
  on: StorageKind | Store
  /** How many organizations, each with one webhook that takes every event. @default 8 */
  organizations?: number
  delivery?: DeliveryOptions
  /** @default 10000 */
  graceMs?: number
  /** Makes no tables and no webhooks. @default false */
  isBare?: boolean
}

/** What every scenario plays on: a migrated database, an endpoint process, and workers to be started. */
export interface Stage {
  directory: string
  store: Store
  endpoint: Endpoint
  fleet: Fleet
  /** Leadhooks in the process of the test, which starts no worker: it dispatches. */
  leadhooks: Leadhooks
  encryptionKey: string
  /** The secret of all webhooks, which the endpoint verifies by. */
  secret: string
  organizations: string[]
  /** Everything that was dispatched and acknowledged. */
  dispatched: Set<string>
}

/** Makes all of it, and sees to its end. The path of an organization's webhook is its id. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'leadhooks-fault-'))
  const store = typeof options.on === 'string' ? await createStore(options.on, directory) : options.on
  const encryptionKey = randomBytes(32).toString('base64')
  const secret = generateSecret()
  const endpoint = await startEndpoint(directory, secret)
  const { delivery = {}, graceMs = 10_000 } = options
  const fleet = new Fleet({ place: store.place, encryptionKey, delivery, graceMs }, directory, store.rows)
  const leadhooks = createLeadhooks({
    storage: openPlace(store.place),
    encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    network: { allowPrivateAddresses: true, allowHttp: true },
  })
  onTestFinished(async () => {
    await fleet.killAll()
    await endpoint.close()
    await leadhooks.close()
    await store.rows.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const organizations = Array.from({ length: options.organizations ?? 8 }, (_, n) => `org_${n}`)
  const stage = { directory, store, endpoint, fleet, leadhooks, encryptionKey, secret, organizations }
  if (options.isBare !== true) {
    await leadhooks.migrate()
    await store.rows.watchFinished()
    for (const organizationId of organizations) await createWebhook(stage, organizationId, endpoint.url)
  }
  return { ...stage, dispatched: new Set() }
}

/** A webhook of an organization at `/<organization>`. */
export async function createWebhook(
  { leadhooks, secret }: Pick<Stage, 'leadhooks' | 'secret'>,
  organizationId: string,
  url: string,
  concurrency = 100,
): Promise<string> {
  const { webhook } = await leadhooks.webhooks.create({
    organizationId,
    url: `${url}/${organizationId}`,
    secret,
    concurrency,
  })
  return webhook.id
}

const batchSize = 500

/** Dispatches so many events, to one organization after the other. */
export async function dispatch(stage: Stage, count: number): Promise<void> {
  const first = stage.dispatched.size
  const events = Array.from({ length: count }, (_, n) => newEvent(stage, first + n))
  for (let from = 0; from < count; from += batchSize) {
    const batch = events.slice(from, from + batchSize)
    await stage.leadhooks.dispatchEvents(batch)
    for (const { id } of batch) stage.dispatched.add(id)
  }
}

export function newEvent(
  { organizations }: Pick<Stage, 'organizations'>,
  n: number,
): { organizationId: string; type: string; id: string; data: { n: number } } {
  const organizationId = organizations[n % organizations.length] ?? ''
  return { organizationId, type: 'new_lead', id: `evt_${n}`, data: { n } }
}

/** Waits until every delivery is finished. */
export async function untilDrained(
  { store: { rows } }: Pick<Stage, 'store'>,
  timeoutMs = 120_000,
): Promise<void> {
  await until('every delivery is finished', async () => (await rows.unfinished()) === 0, {
    timeoutMs,
    everyMs: 100,
  })
}
