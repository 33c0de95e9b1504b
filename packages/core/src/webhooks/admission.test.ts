import { describe, expect, test } from 'vitest'
import { admit, takeProbeBack } from './admission.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const webhook = {
  enabled: true,
  circuitState: 'closed' as const,
  waitsUntil: null,
  waitsFor: null,
  health: null,
  throttle: null,
  maintenance: [],
  organizationMaintenance: [],
}
const open = { ...webhook, circuitState: 'open' as const }
const request = { wanted: 3, now, answerMs: 1000 }

describe('admission', () => {
  test('lets one go where the circuit is open and its time has come, and everything where nothing holds it back by now', () => {
    expect(admit(open, request)).toMatchObject({ room: 1, changes: { circuitState: 'half_open' } })
    expect(admit(webhook, request)).toEqual({ room: 3, changes: null })
    expect(admit({ ...webhook, throttle: { requests: 1, perMs: 1000 } }, request)).toEqual({
      room: 0,
      changes: null,
    })
  })

  test.each([
    { waitsFor: 'paused' as const, waitsUntil: new Date(now + 30_000) },
    { waitsFor: 'maintenance' as const, waitsUntil: new Date(now + 30_000) },
    { circuitState: 'open' as const, waitsFor: 'circuit' as const, waitsUntil: new Date(now + 30_000) },
    { enabled: false },
  ])('lets nothing through, and shortens nothing, while the webhook waits or is off: %j', (state) => {
    expect(admit({ ...webhook, ...state }, request)).toEqual({ room: 0, changes: null })
  })
})

describe('a probe that was let through and not sent', () => {
  test('is made by another one at once', () => {
    const probing = { ...open, ...admit(open, request).changes }
    expect(admit(probing, request).room).toBe(0)
    expect(admit({ ...probing, ...takeProbeBack(probing, now) }, request).room).toBe(1)
  })

  test.each([
    { enabled: false },
    { circuitState: 'closed' as const },
    { circuitState: 'open' as const, waitsFor: 'circuit' as const, waitsUntil: new Date(now + 30_000) },
    { circuitState: 'half_open' as const, waitsFor: 'paused' as const, waitsUntil: new Date(now + 30_000) },
  ])('changes nothing where the webhook has moved on: %j', (state) => {
    expect(takeProbeBack({ ...open, ...state }, now)).toBeNull()
  })
})
