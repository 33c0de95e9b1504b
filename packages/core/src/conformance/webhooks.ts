import assert from 'node:assert/strict'
import type { RetryPolicy } from '../model/retry-policy.ts'
import type { WebhookChanges } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  claim,
  claimOne,
  dispatch,
  hour,
  minute,
  only,
  race,
  raceAround,
  reload,
  settle,
  start,
  webhookRow,
} from './fixtures.ts'

const policies: (RetryPolicy | null)[] = [
  null,
  'patient',
  { name: 'stepped', maxAttempts: 3 },
  { delaysMs: [] },
  { delaysMs: [0, 1500, 60_000], jitter: 0.25 },
  { firstDelayMs: 1000, factor: 1.5, maxDelayMs: hour, maxAttempts: 20 },
]

const certificate = { subject: 'O=Acme, CN=crm', expiresAt: '2030-01-31T12:00:00.000Z', fingerprint: 'AB:CD' }

export const webhookCases: readonly ConformanceCase[] = [
  storageCase('a webhook is found by its id, exactly as it was stored', async (storage) => {
    const plain = webhookRow()
    const full = webhookRow({
      name: 'Zoë’s “hooks” 🪝',
      description: 'one;\ntwo',
      url: 'https://receiver.example:8443/a%20b?c=d&e=%E2%9C%93',
      eventTypes: ['contact.*', 'new_lead', 'contact.created'],
      channels: ['project-42', 'eu:west_1.a'],
      filter: { 'lead.source': { $in: ['web', null] }, $or: [{ amount: { $gte: 1.5 } }] },
      format: 'cloudevents',
      mapping: {
        email: 'data.email',
        from: { $value: { app: ['crm', 1.5] } },
        to: { $field: 'data.to', $else: null },
      },
      headerNames: ['X-Tenant', 'authorization'],
      bodySignature: 'off',
      timeoutMs: 30_000,
      concurrency: 3,
      throttle: { requests: 10, perMs: 1000 },
      ordered: true,
      traceContext: true,
      batch: { maxEvents: 100, maxWaitMs: 5000 },
      maintenance: [
        { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' },
        { weekdays: ['sat', 'sun'], startsAt: '02:00', minutes: 120, timeZone: 'Europe/Berlin' },
      ],
      authenticationType: 'basic',
      circuit: { failures: 3, spanMs: 0, firstProbeMs: 1000, longestProbeMs: hour },
      autoDisable: { consecutiveFailures: 10 },
      circuitState: 'half_open',
      waitsUntil: after(789),
      waitsFor: 'circuit',
      rotateSecretEveryDays: 30,
      rotateSecretAt: after(30 * 24 * hour),
      secretRotatedAt: after(321),
      previousSecretEndsAt: after(24 * hour),
      sealedPreviousSecret: 'sealed:previous',
      health: { consecutiveFailures: 7, failingSince: start.getTime(), openings: 2, warnedOf: 70 },
      enabled: false,
      disabledReason: 'gone',
      disabledAt: after(456),
      createdAt: after(123),
      updatedAt: after(456),
      sealedHeaders: 'sealed:headers',
      sealedAuthentication: 'sealed:authentication',
      tlsCertificates: { ca: [certificate], client: certificate },
      sealedTls: 'sealed:tls',
      verification: 'verified',
      verifiedAt: after(3),
      // Longer than 32 bits of milliseconds.
      maxAgeMs: 90 * 24 * hour,
    })
    const without = webhookRow({ circuit: false, autoDisable: false })
    const all = [plain, full, without, ...policies.map((retry) => webhookRow({ retry }))]
    for (const webhook of all) await storage.insertWebhook(webhook)
    for (const webhook of all) assert.deepEqual(await storage.findWebhook(webhook), webhook)
  }),

  storageCase('a webhook that is not there is null', async (storage) => {
    const unknown = { organizationId: 'acme', id: 'whk_unknown' }
    assert.equal(await storage.findWebhook(unknown), null)
    assert.equal(await storage.updateWebhook(unknown, { name: 'New', updatedAt: after(1) }), null)
    assert.equal(await storage.deleteWebhook(unknown), false)
  }),

  storageCase('an update of a webhook changes the named fields and no others', async (storage) => {
    const expected = await addWebhook(storage, { eventTypes: ['new_lead'], concurrency: 3 })
    const changes: Omit<WebhookChanges, 'updatedAt'>[] = [
      { name: 'New name' },
      { description: 'New description' },
      { url: 'https://new.example/hooks' },
      { eventTypes: ['contact.*'] },
      { channels: ['project-42'] },
      { headerNames: ['X-Tenant'], sealedHeaders: 'sealed:headers' },
      { bodySignature: 'hex' },
      { filter: { amount: { $gte: 1000 } } },
      { filter: null },
      ...policies.map((retry) => ({ retry, maxAgeMs: 48 * hour })),
      { retry: null, maxAgeMs: null },
      { timeoutMs: 1000 },
      { concurrency: null },
      { throttle: { requests: 1, perMs: 100 } },
      { throttle: null },
      { ordered: true },
      { ordered: false },
      { traceContext: true },
      { traceContext: false },
      { batch: { maxEvents: 2, maxWaitMs: 100 }, waitsUntil: after(9), waitsFor: 'batching' },
      { batch: null, waitsUntil: null, waitsFor: null },
      { maintenance: [{ startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' }] },
      { authenticationType: 'bearer', sealedAuthentication: 'sealed:authentication' },
      { tlsCertificates: { ca: [], client: certificate }, sealedTls: 'sealed:tls' },
      {
        verification: 'pending',
        verifiedAt: null,
        waitsUntil: new Date('9999-12-31T00:00:00Z'),
        waitsFor: 'verification',
      },
      { verification: 'verified', verifiedAt: after(3), waitsUntil: null, waitsFor: null },
      { enabled: false, disabledReason: 'by_user', disabledAt: after(7) },
      { enabled: true, disabledReason: null, disabledAt: null },
      { sealedSecret: 'sealed:new-secret' },
      { publicKey: 'whpk_new', sealedPrivateKey: 'sealed:key' },
      { previousPublicKey: 'whpk_old', sealedPreviousPrivateKey: 'sealed:old-key' },
      {
        name: null,
        description: null,
        timeoutMs: null,
        eventTypes: [],
        channels: [],
        headerNames: [],
        sealedHeaders: null,
        tlsCertificates: null,
        sealedTls: null,
      },
      {},
    ]
    for (const [index, change] of changes.entries()) {
      const dated = { ...change, updatedAt: after(index) }
      Object.assign(expected, dated)
      assert.deepEqual(await storage.updateWebhook(expected, dated), expected)
      assert.deepEqual(await storage.findWebhook(expected), expected)
    }
  }),

  storageCase('the public keys of a webhook are found by its id alone, while it has any', async (storage) => {
    const webhook = await addWebhook(storage)
    await addWebhook(storage, { publicKey: 'whpk_of_another' })
    assert.equal(await storage.findPublicKeys(webhook.id), null)
    assert.equal(await storage.findPublicKeys('whk_unknown'), null)
    const keys = { publicKey: 'whpk_new', previousPublicKey: 'whpk_old', previousSecretEndsAt: after(hour) }
    await storage.updateWebhook(webhook, keys)
    assert.deepEqual(await storage.findPublicKeys(webhook.id), keys)
    await storage.updateWebhook(webhook, { publicKey: null })
    assert.equal(await storage.findPublicKeys(webhook.id), null)
  }),

  storageCase('updates of different fields of a webhook at once all stay', async (storage) => {
    const webhook = await addWebhook(storage)
    const updatedAt = after(1)
    const changes: WebhookChanges[] = [
      { name: 'New name', updatedAt },
      { url: 'https://new.example/hooks', updatedAt },
      { eventTypes: ['contact.*'], updatedAt },
      { retry: { delaysMs: [1000] }, maxAgeMs: 48 * hour, updatedAt },
      { enabled: false, disabledReason: 'by_user', disabledAt: after(1), updatedAt },
      { sealedSecret: 'sealed:new-secret', updatedAt },
    ]
    await Promise.all(changes.map(async (change) => storage.updateWebhook(webhook, change)))
    assert.deepEqual(await storage.findWebhook(webhook), Object.assign({ ...webhook }, ...changes))
  }),

  storageCase('a webhook that is deleted is gone, and gets no more deliveries', async (storage) => {
    const webhook = await addWebhook(storage)
    const other = await addWebhook(storage)
    assert.equal(await storage.deleteWebhook(webhook), true)
    assert.equal(await storage.deleteWebhook(webhook), false)
    assert.equal(await storage.findWebhook(webhook), null)
    assert.equal(await storage.updateWebhook(webhook, { name: 'New', updatedAt: after(1) }), null)
    assert.deepEqual(await storage.listWebhooks({ organizationId: 'acme', limit: 10 }), [other])
    await dispatch(storage)
    assert.equal((await claimOne(storage)).webhook.id, other.id)
  }),

  storageCase('of ten callers who delete a webhook at once, one is told that it did', async (storage) => {
    const webhook = await addWebhook(storage)
    const answers = await race(10, async () => storage.deleteWebhook(webhook))
    assert.equal(answers.filter(Boolean).length, 1)
  }),

  storageCase(
    'deleting a webhook cancels its deliveries that are pending, retrying or under lease, and no others',
    async (storage) => {
      const webhook = await addWebhook(storage)
      const other = await addWebhook(storage)
      await dispatch(storage, {}, { count: 3 })
      const room = new Map([
        [webhook.id, 2],
        [other.id, 1],
      ])
      const claimed = await claim(storage, { room })
      const failed = claimed.find(({ webhook: { id } }) => id === webhook.id)
      assert.ok(failed !== undefined)
      await settle(storage, failed, { next: { status: 'retrying', delayMs: minute } })
      const others = await storage.listDeliveries({ organizationId: 'acme', webhookId: other.id, limit: 10 })

      assert.equal(await storage.deleteWebhook({ ...webhook, now: after(2) }), true)

      const query = { organizationId: 'acme', limit: 10 }
      const deliveries = await storage.listDeliveries({ ...query, webhookId: webhook.id })
      assert.equal(deliveries.length, 3)
      for (const { status, reason, nextAttemptAt, finishedAt } of deliveries) {
        assert.deepEqual(
          [status, reason, nextAttemptAt, finishedAt],
          ['cancelled', 'webhook_deleted', null, after(2)],
        )
      }
      assert.deepEqual(await storage.listDeliveries({ ...query, webhookId: other.id }), others)
      const due = await claim(storage, { now: after(hour) })
      assert.deepEqual(
        due.map(({ webhook: { id } }) => id),
        [other.id, other.id, other.id],
      )
    },
  ),

  storageCase('the history of a deleted webhook stays', async (storage) => {
    const claimed = await addClaimed(storage)
    await settle(storage, claimed)
    const delivered = await reload(storage, claimed)
    const attempts = await storage.listAttempts(claimed)
    await storage.deleteWebhook({ ...claimed.webhook, now: after(2) })
    assert.deepEqual(await reload(storage, claimed), delivered)
    assert.deepEqual(await storage.listAttempts(claimed), attempts)
    assert.equal(
      (await storage.findEvent({ organizationId: 'acme', id: claimed.event.id }))?.id,
      claimed.event.id,
    )
    assert.deepEqual(only(await storage.listDeliveries({ organizationId: 'acme', limit: 10 })), delivered)
  }),

  storageCase(
    'an event that is dispatched while its webhook is deleted leaves nothing unfinished behind',
    async (storage) => {
      for (let round = 0; round < 10; round++) {
        const webhook = await addWebhook(storage)
        await raceAround(
          async () => dispatch(storage, {}, { count: 3 }),
          async () => storage.deleteWebhook(webhook),
        )
      }
      const deliveries = await storage.listDeliveries({ organizationId: 'acme', limit: 1000 })
      assert.deepEqual(
        deliveries.filter(({ status }) => status !== 'cancelled'),
        [],
      )
    },
  ),

  storageCase(
    'deliveries that are claimed while their webhook is deleted are cancelled all the same',
    async (storage) => {
      const webhook = await addWebhook(storage)
      await dispatch(storage, {}, { count: 20 })
      const [claims] = await raceAround(
        async () => claim(storage, { limit: 3 }),
        async () => storage.deleteWebhook(webhook),
      )
      for (const claimed of claims.flat()) assert.equal(await settle(storage, claimed), false)
      const deliveries = await storage.listDeliveries({ organizationId: 'acme', limit: 100 })
      assert.equal(deliveries.length, 20)
      assert.ok(deliveries.every(({ status }) => status === 'cancelled'))
      assert.deepEqual(await claim(storage, { now: after(hour) }), [])
    },
  ),
]
