import { describe, expect, test } from 'vitest'
import { admit } from './admission.ts'

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
