import { hostname } from 'node:os'
import { memoryStorage } from '@leadhooks/core'
import { fakeClock, hang } from '@leadhooks/core/testing'
import { expect, test } from 'vitest'
import { dispatch, letSettle, openLeadhooks, openReceiver, organizationId } from './harness.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

test('operators see the workers of all processes, those that hang or vanished, and none that was stopped', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const receiver = await openReceiver({ respond: hang })
  const one = await openLeadhooks({ clock, storage, encryptionKeys, delivery: { timeoutMs: 20_000 } })
  const other = await openLeadhooks({ clock, storage, encryptionKeys })
  const workers = async () => one.leadhooks.health.workers()
  const warning = async () => (await one.leadhooks.diagnose()).find(({ check }) => check === 'workers')
  expect(await workers()).toEqual([])
  expect(await warning()).toMatchObject({ status: 'warning' })

  const first = one.leadhooks.startWorker()
  const second = other.leadhooks.startWorker()
  await one.leadhooks.webhooks.create({ organizationId, url: receiver.url })
  await dispatch(one.leadhooks, 3)
  await receiver.received(3)
  await clock.advance(15_000)
  const seen = await workers()
  expect(seen.map(({ host, isAlive }) => [host, isAlive])).toEqual([
    [hostname(), true],
    [hostname(), true],
  ])
  expect(new Set(seen.map(({ inFlight }) => inFlight))).toEqual(new Set([0, 3]))
  expect(await warning()).toMatchObject({ status: 'ok' })

  await clock.advance(5000)
  await letSettle(clock)
  await second.stop()
  expect(await workers()).toHaveLength(1)
  await first.stop()
  expect(await workers()).toEqual([])

  // A process that vanishes takes no leave.
  const beat = { id: 'gone', host: 'machine 7', version: '1.0.0', inFlight: 3 }
  await storage.beatWorker({ ...beat, now: new Date(clock.now()) })
  await clock.advance(60_000)
  expect(await workers()).toMatchObject([{ ...beat, isAlive: false, silentMs: 60_000 }])
  expect((await warning())?.message).toContain('machine 7')
  one.leadhooks.startWorker()
  for (let n = 0; n < 62; n++) await clock.advance(60_000)
  expect(await workers()).toMatchObject([{ isAlive: true }])
})

test('the list of workers is for staff, and asks for their names only', async () => {
  const { leadhooks } = await openLeadhooks()
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'admin' })
  const ask = async (headers: Record<string, string>, authorizedFor: string) =>
    leadhooks.fetch(new Request('https://crm.example/health/workers', { headers }), {
      authorize: () => ({ actor: 'ada', organizationId: authorizedFor }),
    })
  expect((await ask({ authorization: `Bearer ${token}` }, '*')).status).toBe(403)
  expect((await ask({ 'sec-fetch-site': 'same-origin' }, organizationId)).status).toBe(403)
  const response = await ask({ 'sec-fetch-site': 'same-origin' }, '*')
  expect([response.status, await response.json()]).toEqual([200, { data: [] }])
})
