import { expect, test } from 'vitest'
import { createLeadhooks } from './create-leadhooks.ts'
import { LeadhooksError } from './errors.ts'
import type { LeadhooksOptions } from './options.ts'
import { memoryStorage } from './storage/memory-storage.ts'
import type { Storage } from './storage/storage.ts'
import { fakeClock } from './testing/fake-clock.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

function open(options: Partial<LeadhooksOptions> = {}) {
  return createLeadhooks({ storage: memoryStorage(), encryptionKeys, ...options })
}

test('what works is ready, and says so to anybody', async () => {
  const leadhooks = open()
  expect((await leadhooks.health.ready()).status).toBe('ready')
  const response = await leadhooks.fetch(new Request('http://localhost/health/ready'))
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: 'ready', checks: { database: 'ok', 'rate-limiter': 'ok', 'encryption-keys': 'ok' } },
  ])
})

test('a database that is gone or not migrated is not ready; the process is alive all the same', async () => {
  const clock = fakeClock()
  const state = { isAway: true, asked: 0 }
  const storage: Storage = {
    ...memoryStorage(),
    async pendingMigrations() {
      state.asked++
      if (state.isAway) throw new LeadhooksError('storage_unavailable', 'Cannot reach db.internal:5432')
      return [{ version: 1, name: 'initial', mode: 'transactional', locks: 'Nothing', statements: [] }]
    },
  }
  const leadhooks = open({ storage, clock })
  const ask = async (path: string): Promise<Response> =>
    leadhooks.fetch(new Request(`http://localhost/health${path}`))
  const response = await ask('/ready')
  expect(response.status).toBe(503)
  const shown = await response.text()
  expect(JSON.parse(shown)).toMatchObject({ code: 'not_ready' })
  expect(shown, 'Addresses are nobody’s business').not.toContain('5432')
  expect((await leadhooks.health.ready()).checks[0]?.message).toContain('5432')
  expect((await ask('')).status).toBe(503)
  expect((await ask('/live')).status).toBe(200)
  expect(state.asked, 'Whoever asks often asks the database once a second').toBe(1)
  state.isAway = false
  await clock.advance(1000)
  expect((await leadhooks.health.ready()).checks[0]?.message).toContain('lack 1 migrations')
})

test('a store of rate limits that does not answer is degraded, not down', async () => {
  const degraded = { allowed: true, limits: [], retryAfterMs: 0, degraded: true }
  const leadhooks = open({ rateLimiter: { consume: () => degraded } })
  expect((await leadhooks.health.ready()).status).toBe('degraded')
  expect((await leadhooks.fetch(new Request('http://localhost/health'))).status).toBe(200)
})
