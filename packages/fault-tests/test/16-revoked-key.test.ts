import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { expect, onTestFinished, test } from 'vitest'
import { printCounts } from '../src/print-counts.ts'
import { openPlace, type StoragePlace } from '../src/storage-place.ts'
import { byPort, createStore, type StorageKind } from '../src/store.ts'
import { startTcpProxy } from '../src/tcp-proxy.ts'
import { until } from '../src/until.ts'
import type { VerifyConfig, VerifyReport } from '../src/verify-config.ts'

/** What a process answers, from its start on. */
interface Verifier {
  child: ChildProcess
  reports: VerifyReport[]
}

function startVerifier(config: VerifyConfig): Verifier {
  const execArgv = ['--conditions=@leadhooks/source']
  const child = fork(new URL('../src/verify-process.ts', import.meta.url), [JSON.stringify(config)], {
    execArgv,
  })
  const reports: VerifyReport[] = []
  child.on('message', (report) => reports.push(report as VerifyReport))
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, reports }
}

async function openHost(kind: StorageKind): Promise<{ leadhooks: Leadhooks; place: StoragePlace }> {
  const directory = mkdtempSync(join(tmpdir(), 'leadhooks-fault-'))
  const store = await createStore(kind, directory)
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
  const leadhooks: Leadhooks = createLeadhooks({ storage: openPlace(store.place), encryptionKeys })
  onTestFinished(async () => {
    await leadhooks.close()
    await store.rows.close()
    rmSync(directory, { recursive: true, force: true })
  })
  await leadhooks.migrate()
  return { leadhooks, place: store.place }
}

const isLettingIn = ({ reports }: Verifier) =>
  reports.length >= 50 && reports.slice(-20).every(({ ok }) => ok)
/** Between two looks at the clock, and for an answer that was on its way. */
const toleranceMs = 100

/**
 * A key that is checked a hundred times a second by other processes, from their caches, is revoked.
 *
 * Pass: no process lets it in a second after the revocation was acknowledged, also the one whose connection to the database has
 * gone silent just before, without a word to either side.
 */
test.each(['postgres', 'sqlite'] as const)('revoked key on %s', { timeout: 60_000 }, async (kind) => {
  const { leadhooks, place } = await openHost(kind)
  const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
  const proxy = await startTcpProxy(place.kind === 'postgres' ? Number(new URL(place.url).port) : 0)
  onTestFinished(async () => proxy.close())
  const verifiers = [
    startVerifier({ place, token }),
    startVerifier({ place, token }),
    startVerifier({ place: byPort(place, proxy.port), token }),
  ]
  await until('all let it in', () => verifiers.every(isLettingIn))

  proxy.blackHole()
  await leadhooks.apiKeys.revoke({ organizationId: 'acme', id: apiKey.id })
  const revokedAt = Date.now()
  await sleep(2500)
  const lastLetInMs = verifiers.map(({ reports }) => {
    const lastOk = reports.findLast(({ ok }) => ok)
    return (lastOk?.answeredAt ?? 0) - revokedAt
  })
  printCounts(`16 revoked key, ${kind}`, { lastLetInMs })
  for (const ms of lastLetInMs) expect(ms).toBeLessThanOrEqual(1000 + toleranceMs)
  for (const { child } of verifiers) expect(child.exitCode).toBeNull()
})
