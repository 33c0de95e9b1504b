// A host's process with a worker, to be killed, stopped, cut off and misled. Started by worker-process-handle.ts.
import diagnosticsChannel from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLeadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { Pool } from 'pg'
import { openPlace } from './storage-place.ts'
import type { HostFault, WorkerConfig, WorkerReport } from './worker-config.ts'

// A rejection that nobody handles must be noticed by the test.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`unhandledRejection: ${String(error instanceof Error ? error.stack : error)}\n`)
  process.exit(70)
})

const config = JSON.parse(process.argv[2] ?? '') as WorkerConfig
const handlersBefore = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
const claims: WorkerReport['claims'] = []
const logged: Record<string, number> = {}
let superseded = 0

function openPool(): Pool | undefined {
  if (config.hasOwnPool !== true || config.place.kind !== 'postgres') return undefined
  const pool = new Pool({ connectionString: config.place.url, max: 5, connectionTimeoutMillis: 5000 })
  pool.on('error', () => {})
  return pool
}

/** Writes down what is claimed before anything can be done with it, so that it is known after a kill. */
function recordingClaims(storage: Storage): Storage {
  return {
    ...storage,
    async claimDeliveries(request) {
      const at = Date.now()
      const startedAt = performance.now()
      try {
        const claimed = await storage.claimDeliveries(request)
        const ms = performance.now() - startedAt
        if (claimed.length === 0) return claimed
        appendFileSync(config.claimsFile, claimed.map(({ lease }) => `${lease}\n`).join(''))
        claims.push({ at, ms, deliveries: claimed.length })
        return claimed
      } catch (error) {
        claims.push({ at, ms: performance.now() - startedAt, deliveries: -1 })
        throw error
      }
    },
  }
}

const observers: Partial<Record<HostFault, () => unknown>> = {
  'observer-throws': () => {
    throw new Error('The host is broken')
  },
  'observer-hangs': async () => new Promise(() => {}),
  'observer-exits': () => process.exit(3),
}

// Typed as one that returns nothing, though that of a host may be async.
const observe: NonNullable<LeadhooksOptions['observe']> = (observation) => {
  if (observation.type === 'delivery.settled' && observation.superseded) superseded++
  return config.hostFault && (observers[config.hostFault]?.() as void)
}

const count = (_fields: object, message: string): void => {
  logged[message] = (logged[message] ?? 0) + 1
}

if (config.hostFault === 'exits-on-poison') {
  diagnosticsChannel.subscribe('undici:request:create', (message) => {
    const { request } = message as { request: { path: string } }
    if (request.path.includes('poison')) process.exit(3)
  })
}

const pool = openPool()
const leadhooks = createLeadhooks({
  storage: recordingClaims(
    pool === undefined ? openPlace(config.place) : (postgresStorage({ pool }) as Storage),
  ),
  encryptionKeys: [{ id: 'k1', key: config.encryptionKey }],
  network: { allowPrivateAddresses: true, allowHttp: true },
  delivery: config.delivery,
  logger: { info: count, warn: count, error: count },
  observe,
})

let ranMigrations = 0
if (config.migrateAt !== undefined) {
  await sleep(config.migrateAt - Date.now())
  ranMigrations = (await leadhooks.migrate()).length
}
const worker = leadhooks.startWorker()
const foreignSignalHandlers =
  process.listenerCount('SIGTERM') + process.listenerCount('SIGINT') - handlersBefore

async function report(withClock: boolean): Promise<WorkerReport> {
  const { user, system } = process.cpuUsage()
  const diagnoses = withClock ? await leadhooks.diagnose() : []
  const clock = diagnoses.find(({ check }) => check === 'clock')
  return {
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    cpuMs: (user + system) / 1000,
    connections: pool ? { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount } : null,
    claims,
    superseded,
    logged,
    foreignSignalHandlers,
    clock: clock ?? null,
    ranMigrations,
  }
}

process.on('message', (question: { ask?: number; withClock?: boolean }) => {
  const { ask, withClock = false } = question
  if (ask !== undefined) void report(withClock).then((answer) => process.send?.({ answer, ask }))
})

process.on('SIGTERM', () => {
  void worker
    .stop({ timeoutMs: config.graceMs })
    .then(async () => leadhooks.close())
    .then(async () => pool?.end())
    .then(() => process.exit(0))
})

// Whoever started this is gone.
process.on('disconnect', () => process.exit(0))
process.send?.('started')
