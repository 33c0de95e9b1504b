import { describe, expect, test } from 'vitest'
import type { CircuitPolicy, StoredWebhook } from '../model/webhook.ts'
import { type HealthPolicy, type HealthSign, judgeHealth, takeProbe, unburdened } from './webhook-health.ts'

const second = 1000
const minute = 60 * second
const day = 86_400 * second
const eventType = 'contact.created'
const circuit: CircuitPolicy = {
  failures: 10,
  spanMs: 30 * second,
  firstProbeMs: 30 * second,
  longestProbeMs: 60 * minute,
}
const policy: HealthPolicy = { circuit, autoDisable: { failingForMs: 5 * day } }

type Judged = Parameters<typeof judgeHealth>[0]
const well: Judged = { enabled: true, ...unburdened }

const failed = (at: number, pauseMs: number | null = null): HealthSign => ({
  eventType,
  sign: 'failure',
  at,
  pauseMs,
})
const succeeded = (at: number): HealthSign => ({ eventType, sign: 'success', at, pauseMs: null })
const refused = (at: number, pauseMs: number): HealthSign => ({ eventType, sign: 'neutral', at, pauseMs })
const failures = (count: number, everyMs: number): HealthSign[] =>
  Array.from({ length: count }, (_, n) => failed(n * everyMs))

/** The webhook after these signs, one by one, and what was told of it. */
function after(webhook: Judged, signs: readonly HealthSign[], by: HealthPolicy = policy) {
  const judged: Judged & Partial<StoredWebhook> = { ...webhook }
  const events: unknown[] = []
  for (const sign of signs) {
    const verdict = judgeHealth(judged, by, [sign])
    Object.assign(judged, verdict?.changes)
    events.push(...(verdict?.events ?? []))
  }
  return { webhook: judged, events }
}

describe('a circuit', () => {
  test('opens after ten failures in a row over thirty seconds, and its webhook waits thirty more', () => {
    const { webhook, events } = after(well, failures(10, 4 * second))
    expect(webhook).toMatchObject({
      circuitState: 'open',
      waitsFor: 'circuit',
      waitsUntil: new Date(36 * second + 30 * second),
    })
    expect(events).toEqual([
      { type: 'webhook.circuit_opened', eventType, consecutiveFailures: 10, probeAt: new Date(66 * second) },
    ])
  })

  test('stays closed after nine, and after a hundred within a moment', () => {
    expect(after(well, failures(9, minute)).webhook.circuitState).toBe('closed')
    expect(after(well, failures(100, 1)).webhook.circuitState).toBe('closed')
  })

  test('counts from the start again after a success', () => {
    const signs = [...failures(9, minute), succeeded(9 * minute), ...failures(9, minute)]
    const { webhook, events } = after(well, signs)
    expect(webhook).toMatchObject({ circuitState: 'closed', health: { consecutiveFailures: 9 } })
    expect(events).toEqual([])
  })

  test('tries with one delivery at a time, waits twice as long after each that fails, and never more than an hour', () => {
    let { webhook } = after(well, failures(10, minute))
    const waits: number[] = []
    for (let round = 0; round < 9; round++) {
      const now = webhook.waitsUntil?.getTime() ?? 0
      Object.assign(webhook, takeProbe(webhook, now, minute))
      expect(webhook).toMatchObject({ circuitState: 'half_open', waitsUntil: new Date(now + minute) })
      expect(takeProbe(webhook, now, minute), 'One is under way').toBeNull()
      webhook = after(webhook, [failed(now)]).webhook
      expect(webhook.circuitState).toBe('open')
      waits.push(((webhook.waitsUntil?.getTime() ?? 0) - now) / second)
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
  })

  test('is tried again when nothing was heard of a probe', () => {
    const open = after(well, failures(10, minute)).webhook
    const now = open.waitsUntil?.getTime() ?? 0
    const probed = { ...open, ...takeProbe(open, now, minute) }
    expect(takeProbe(probed, now + minute - 1, minute)).toBeNull()
    expect(takeProbe(probed, now + minute, minute)).toMatchObject({ circuitState: 'half_open' })
  })

  test('closes with the first success, whatever sent it', () => {
    const open = after(well, failures(10, minute)).webhook
    const { webhook, events } = after(open, [succeeded(11 * minute)])
    expect(webhook).toEqual(well)
    expect(events).toEqual([{ type: 'webhook.recovered', eventType }])
  })

  test('stays open when the failures of others come in late, without a longer wait', () => {
    const open = after(well, failures(10, minute)).webhook
    const { webhook, events } = after(open, failures(5, minute))
    expect(webhook.waitsUntil).toEqual(open.waitsUntil)
    expect(events).toEqual([])
  })

  test('that is switched off never opens', () => {
    const never = { ...policy, circuit: false } as const
    expect(after(well, failures(1000, minute), never).webhook.circuitState).toBe('closed')
  })
})

describe('a pause that a receiver asks for', () => {
  test('holds everything to it, and is no failure when it was 429', () => {
    const { webhook } = after(well, [refused(0, 5000)])
    expect(webhook).toMatchObject({ waitsUntil: new Date(5000), waitsFor: 'paused', health: null })
  })

  test('is as long as the longest that was asked for, in whatever order they come', () => {
    expect(after(well, [refused(0, 5000), refused(1, 100)]).webhook.waitsUntil).toEqual(new Date(5000))
    expect(after(well, [refused(0, 100), refused(1, 5000)]).webhook.waitsUntil).toEqual(new Date(5001))
  })

  test('is not cut short by a success that was under way', () => {
    const { webhook } = after(well, [failed(0, 5000), succeeded(10)])
    expect(webhook).toMatchObject({ waitsUntil: new Date(5000), waitsFor: 'paused', health: null })
  })

  test('says nothing of a probe: another one is tried', () => {
    const open = after(well, failures(10, minute)).webhook
    const now = open.waitsUntil?.getTime() ?? 0
    const { webhook } = after({ ...open, ...takeProbe(open, now, minute) }, [refused(now, 5 * minute)])
    expect(webhook).toMatchObject({ circuitState: 'open', waitsUntil: new Date(now + 5 * minute) })
  })
})

describe('a webhook that fails', () => {
  test('is switched off when nothing but failures came for five days, after warnings at 50, 70, 90 and 100 %', () => {
    const { webhook, events } = after(well, failures(121, 60 * minute))
    expect(webhook).toMatchObject({
      enabled: false,
      disabledReason: 'failing',
      disabledAt: new Date(5 * day),
      circuitState: 'closed',
      waitsUntil: null,
    })
    expect(events).toMatchObject([
      { type: 'webhook.circuit_opened', eventType },
      { type: 'webhook.failing', eventType, percent: 50, failingSince: new Date(0) },
      { type: 'webhook.failing', eventType, percent: 70 },
      { type: 'webhook.failing', eventType, percent: 90 },
      { type: 'webhook.failing', eventType, percent: 100, consecutiveFailures: 121 },
      { type: 'webhook.disabled', reason: 'failing' },
    ])
  })

  test('is switched off by the tenth failure in a row where that is the rule', () => {
    const strict = { ...policy, autoDisable: { consecutiveFailures: 10 } }
    expect(after(well, failures(9, 1), strict).webhook.enabled).toBe(true)
    expect(after(well, failures(10, 1), strict).webhook.enabled).toBe(false)
    expect(after(well, [...failures(9, 1), succeeded(9), ...failures(9, 1)], strict).webhook.enabled).toBe(
      true,
    )
  })

  test('is never switched off where that is the rule', () => {
    const never = { ...policy, autoDisable: false } as const
    expect(after(well, failures(1000, day), never).webhook.enabled).toBe(true)
  })

  test('and is off already is not judged any more', () => {
    expect(judgeHealth({ ...well, enabled: false }, policy, failures(100, day))).toBeNull()
  })
})

test('one more success of a webhook that is well changes nothing', () => {
  expect(judgeHealth(well, policy, [succeeded(1), succeeded(2)])).toBeNull()
})

test('many signs at once come to the same as one by one', () => {
  const signs = [...failures(12, minute), succeeded(13 * minute), refused(14 * minute, 5000)]
  const { changes = {}, events = [] } = judgeHealth(well, policy, signs) ?? {}
  const single = after(well, signs)
  expect({ ...well, ...changes }).toEqual(single.webhook)
  expect(events).toEqual(single.events)
})

describe('of two waits the longer one holds', () => {
  const paused = { waitsUntil: new Date(60 * minute), waitsFor: 'paused' } as const

  test('when a failure opens the circuit of a webhook that its receiver has asked to pause', () => {
    const { webhook, events } = after({ ...well, ...paused }, failures(10, 4 * second))
    expect(webhook).toMatchObject({ circuitState: 'open', ...paused })
    expect(events).toEqual([
      expect.objectContaining({ type: 'webhook.circuit_opened', probeAt: paused.waitsUntil }),
    ])
  })

  test('when a probe is put off for longer than probes are apart, and when for less', () => {
    const opened = after(well, failures(10, 4 * second)).webhook
    const probed = { ...opened, ...takeProbe(opened, 70 * second, 15 * minute) }
    expect(after(probed, [refused(71 * second, 10 * minute)]).webhook).toMatchObject({
      circuitState: 'open',
      waitsUntil: new Date(71 * second + 10 * minute),
      waitsFor: 'paused',
    })
    expect(after(probed, [refused(71 * second, second)]).webhook).toMatchObject({
      circuitState: 'open',
      waitsUntil: new Date(101 * second),
      waitsFor: 'circuit',
    })
  })
})
