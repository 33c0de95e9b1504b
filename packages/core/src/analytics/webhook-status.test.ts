import { expect, test } from 'vitest'
import type { Counts } from '../model/rollup.ts'
import type { AutoDisablePolicy, StoredWebhook } from '../model/webhook.ts'
import { webhookRow } from '../conformance/fixtures.ts'
import { emptyCounts } from '../rollups/counts.ts'
import { latencyBucket } from '../rollups/latency.ts'
import { judgeStatus, type StatusReport } from './webhook-status.ts'

const now = Date.parse('2026-01-01T12:00:00Z')
const minuteMs = 60_000
const hourMs = 60 * minuteMs

function judge(
  webhook: Partial<StoredWebhook> = {},
  recent: Partial<Counts> = {},
  autoDisable: AutoDisablePolicy | false = false,
): Omit<StatusReport, 'recent'> {
  return judgeStatus({
    webhook: webhookRow(webhook),
    recent: { ...emptyCounts(), ...recent },
    autoDisable,
    timeoutMs: 1000,
    now,
  })
}

function failing(consecutiveFailures: number, forMs = 10 * minuteMs): Partial<StoredWebhook> {
  return { health: { consecutiveFailures, failingSince: now - forMs, openings: 0, warnedOf: 0 } }
}

const off = (disabledReason: 'gone' | 'failing' | 'by_user'): Partial<StoredWebhook> => ({
  enabled: false,
  disabledReason,
})
const slow = { attempts: 10, latencies: { [latencyBucket(900_000)]: 10 } }

test.each<[string, Partial<StoredWebhook>, Partial<Counts>, string, string[]]>([
  ['nothing is known of', {}, {}, 'healthy', []],
  ['a person has switched off', off('by_user'), {}, 'healthy', []],
  ['was gone', off('gone'), {}, 'failing', ['disabled']],
  ['failed for too long', off('failing'), {}, 'failing', ['disabled']],
  ['has its circuit open', { circuitState: 'open' }, {}, 'failing', ['circuit_open']],
  ['is being probed', { circuitState: 'half_open' }, {}, 'failing', ['circuit_open']],
  ['failed twice in a row', failing(2), {}, 'healthy', []],
  ['failed three times in a row', failing(3), {}, 'degraded', ['failing_in_a_row']],
  ['failed ten times in a row', failing(10), {}, 'failing', ['failing_in_a_row']],
  ['fails half of the time', {}, { attempts: 10, failures: { 500: 5 } }, 'degraded', ['some_failing']],
  ['fails mostly', {}, { attempts: 10, failures: { 500: 6 } }, 'failing', ['mostly_failing']],
  ['fails one in twenty', {}, { attempts: 20, failures: { 500: 1 } }, 'healthy', []],
  ['has had too few attempts', {}, { attempts: 9, failures: { 500: 9 } }, 'healthy', []],
  ['workers left', {}, { attempts: 20, failures: { worker_stopped: 20 } }, 'healthy', []],
  ['is slow', {}, slow, 'degraded', ['slow']],
  ['asked for a pause', paused(now + 1), {}, 'degraded', ['paused']],
  ['had asked for a pause', paused(now), {}, 'healthy', []],
])('a webhook that %s', (_what, webhook, recent, status, reasons) => {
  const verdict = judge(webhook, recent)
  expect([verdict.status, verdict.evidence.map(({ reason }) => reason)]).toEqual([status, reasons])
})

function paused(until: number): Partial<StoredWebhook> {
  return { waitsFor: 'paused', waitsUntil: new Date(until) }
}

test.each<[number, AutoDisablePolicy | false, number, string | null]>([
  [5, { consecutiveFailures: 20 }, 10 * minuteMs, 'in about 30 min at this rate'],
  [5, { consecutiveFailures: 20 }, 2 * hourMs, 'in about 6 h at this rate'],
  [5, { consecutiveFailures: 20 }, 24 * hourMs, 'in about 3 days at this rate'],
  [19, { consecutiveFailures: 20 }, minuteMs, 'in about 1 min at this rate'],
  [20, { consecutiveFailures: 20 }, minuteMs, 'by the next failure'],
  [3, { consecutiveFailures: 20 }, 0, 'in about 1 min at this rate'],
  [3, { failingForMs: 7 * hourMs }, hourMs, 'in about 6 h at this rate'],
  [3, { failingForMs: hourMs }, 2 * hourMs, 'by the next failure'],
  [2, { failingForMs: hourMs }, minuteMs, null],
  [9, false, minuteMs, null],
])('after %i failures, with %o and %i ms of them', (failures, autoDisable, forMs, expected) => {
  const { forecast } = judge(failing(failures, forMs), {}, autoDisable)
  expect(forecast && forecast.message).toBe(expected && `Will be disabled ${expected}`)
  if (forecast !== null) expect(forecast.disabledAt.getTime()).toBeGreaterThanOrEqual(now)
})
