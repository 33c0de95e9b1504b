import { createLeadhooks, LeadhooksError, memoryStorage } from '@leadhooks/core'
import { prometheusMetrics } from '@leadhooks/prometheus'
import { Counter, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { open, openReceiver, organizationId, shows } from './open.ts'

test('what is dispatched, sent, tried again and given up is counted, without a word of who it was', async () => {
  const { leadhooks, register } = await open()
  const [good, bad] = [await openReceiver(), await openReceiver({ respond: 500 })]
  await leadhooks.webhooks.create({ organizationId, url: good.url })
  await leadhooks.webhooks.create({ organizationId, url: bad.url })
  leadhooks.startWorker()
  const event = { organizationId, type: 'new_lead', data: {}, id: 'evt-1' }
  await leadhooks.dispatchEvent(event)
  await leadhooks.dispatchEvent(event)
  await shows(
    register,
    'leadhooks_events_dispatched_total{event_type="new_lead"} 1',
    'leadhooks_deliveries_created_total{event_type="new_lead"} 2',
    'leadhooks_delivery_attempts_total{outcome="succeeded",status_class="2xx",failure="none"} 1',
    'leadhooks_delivery_attempts_total{outcome="failed",status_class="5xx",failure="status"} 2',
    'leadhooks_delivery_attempt_duration_seconds_count{outcome="failed"} 2',
    'leadhooks_delivery_retries_total 1',
    'leadhooks_deliveries_finished_total{status="delivered",reason="none"} 1',
    'leadhooks_deliveries_finished_total{status="dead_letter",reason="exhausted"} 1',
    'leadhooks_delivery_duration_seconds_count 1',
  )
  expect(await register.metrics()).not.toContain(organizationId)
})

test('uses of keys are counted by what came of them', async () => {
  const { leadhooks, register } = await open()
  const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId, name: 'x', role: 'read_only' })
  await leadhooks.apiKeys.verify(token)
  await leadhooks.apiKeys.verify(token, { permissions: ['write:contacts'] })
  await leadhooks.apiKeys.revoke({ organizationId, id: apiKey.id })
  await leadhooks.close()
  await shows(
    register,
    'leadhooks_api_key_uses_total{outcome="ok"} 1',
    'leadhooks_api_key_uses_total{outcome="forbidden"} 1',
  )
})

test('what is waiting is read once for all gauges, and no more often than it may be', async () => {
  let reads = 0
  const register = new Registry()
  const storage = memoryStorage()
  const metrics = prometheusMetrics({ register })
  const leadhooks = createLeadhooks({
    storage: {
      ...storage,
      async readBacklog(options) {
        reads++
        return storage.readBacklog(options)
      },
    },
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    observe: metrics.observe,
  })
  metrics.watch(leadhooks)
  await leadhooks.webhooks.create({ organizationId, url: 'https://example.com' })
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  await shows(
    register,
    'leadhooks_deliveries_unfinished 1',
    'leadhooks_deliveries_due 1',
    'leadhooks_dead_letters 0',
    'leadhooks_webhooks{state="active"} 1',
    'leadhooks_webhooks{state="disabled"} 0',
    'leadhooks_ready 1',
  )
  await Promise.all(Array.from({ length: 10 }, async () => register.metrics()))
  expect(reads).toBe(1)
  await leadhooks.close()
})

test('of a database that is gone the gauges know nothing, and the rest is shown all the same', async () => {
  const register = new Registry()
  const metrics = prometheusMetrics({ register })
  const gone = async (): Promise<never> => {
    throw new LeadhooksError('storage_unavailable', 'Gone')
  }
  const leadhooks = createLeadhooks({
    storage: { ...memoryStorage(), readBacklog: gone, pendingMigrations: gone },
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    observe: metrics.observe,
  })
  metrics.watch(leadhooks)
  await shows(
    register,
    'leadhooks_deliveries_due Nan',
    'leadhooks_ready 0',
    'leadhooks_delivery_retries_total 0',
  )
  await leadhooks.close()
})

test('organizations and event types have labels up to a number', async () => {
  const { leadhooks, register } = await open({ organizations: 2 })
  for (const organization of ['a', 'b', 'c', 'd'])
    await leadhooks.dispatchEvent({ organizationId: organization, type: 'new_lead', data: {} })
  for (let n = 0; n < 300; n++)
    await leadhooks.dispatchEvent({ organizationId: 'a', type: `type_${n}`, data: {} })
  await shows(
    register,
    'leadhooks_events_dispatched_total{organization="a",event_type="new_lead"} 1',
    'leadhooks_events_dispatched_total{organization="(other)",event_type="new_lead"} 2',
    'leadhooks_events_dispatched_total{organization="a",event_type="(other)"} 101',
  )
})

test('names that are taken, and numbers that are none, are refused', () => {
  const register = new Registry()
  const taken = new Counter({ name: 'leadhooks_delivery_retries_total', help: 'x', registers: [register] })
  const clash = expect.objectContaining({ code: 'invalid_options' })
  expect(() => prometheusMetrics({ register })).toThrow(clash)
  expect(() => prometheusMetrics({ register })).toThrow(/already been registered/)
  taken.reset()
  expect(() => prometheusMetrics({ register: new Registry(), organizations: -1 })).toThrow(/organizations/)
})
