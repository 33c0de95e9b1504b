import { describe, expect, test } from 'vitest'
import { admit, takeBack } from './admission.ts'

const now = Date.parse('2026-01-01T00:00:00Z')
const webhook = {
  enabled: true,
  circuitState: 'closed' as const,
  waitsUntil: null,
  waitsFor: null,
  health: null,
  throttle: { requests: 5, perMs: 1000 },
  throttleFullAt: null,
  maintenance: [],
  organizationMaintenance: [],
}
const request = { wanted: 3, now, answerMs: 1000 }

describe('admission', () => {
  test('lets through what the throttle has, and waits for the next', () => {
    const first = admit(webhook, request)
    expect(first).toMatchObject({ room: 3, changes: { throttleFullAt: now + 600 } })
    const second = admit({ ...webhook, ...first.changes }, request)
    expect(second).toMatchObject({
      room: 2,
      changes: { waitsFor: 'throttled', waitsUntil: new Date(now + 200) },
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

describe('what was let through and not sent', () => {
  test('goes back to the throttle, which holds nothing back any more', () => {
    const drawn = { ...webhook, ...admit(webhook, { ...request, wanted: 7 }).changes }
    expect(drawn).toMatchObject({ throttleFullAt: now + 1000, waitsFor: 'throttled' })
    const back = { ...drawn, ...takeBack(drawn, 2, now) }
    expect(back).toMatchObject({ throttleFullAt: now + 600, waitsFor: null, waitsUntil: null })
    expect(admit(back, { ...request, wanted: 7 })).toMatchObject({ room: 2 })
  })

  test('may be the probe that another one makes at once', () => {
    const open = { ...webhook, circuitState: 'open' as const }
    const probing = { ...open, ...admit(open, request).changes }
    expect(admit(probing, request).room).toBe(0)
    expect(admit({ ...probing, ...takeBack(probing, 1, now) }, request).room).toBe(1)
  })

  test.each([
    { enabled: false },
    { circuitState: 'open' as const, waitsFor: 'circuit' as const, waitsUntil: new Date(now + 30_000) },
    { circuitState: 'half_open' as const, waitsFor: 'paused' as const, waitsUntil: new Date(now + 30_000) },
    { throttle: null },
    { throttleFullAt: null },
  ])('changes nothing where the webhook has moved on: %j', (state) => {
    expect(takeBack({ ...webhook, throttleFullAt: now + 200, ...state }, 1, now)).toBeNull()
  })
})
