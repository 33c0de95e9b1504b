import assert from 'node:assert/strict'
import type { AuditAction, AuditEntry, AuditHead } from '../model/audit-entry.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import type { Audit, Scoped, Storage } from '../storage/storage.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addWebhook,
  after,
  apiKeyRow,
  claim,
  dispatch,
  eventRow,
  race,
  second,
  settlementOf,
  typeRow,
  webhookRow,
  organizationRow,
} from './fixtures.ts'

let entries = 0

/** Entries like those of core, with sums in place of HMACs; `heads` is told what was written. */
function audit<Row>(
  action: AuditAction,
  organizationId = 'acme',
  { heads = [], fails = false }: { heads?: AuditHead[]; fails?: boolean } = {},
): Audit<Row> {
  return {
    entry({ before, after: changed }, head): AuditEntry {
      if (fails) throw new Error('The entry cannot be made')
      const sequence = (head?.sequence ?? 0) + 1
      const text = (row: Row | null): string | null => row && JSON.stringify(row)
      return {
        id: `aud_${String(++entries).padStart(6, '0')}`,
        organizationId,
        sequence,
        createdAt: after(entries),
        action,
        actor: { type: 'user', id: 'ada', ip: '203.0.113.9', userAgent: 'Zoë’s browser' },
        targetType: 'webhook',
        targetId: 'whk_1',
        before: text(before),
        after: text(changed),
        keyId: 'k1',
        previousHash: head?.hash ?? '',
        hash: `hash ${sequence} of ${organizationId} after ${head?.hash ?? 'nothing'}`,
      }
    },
    head: ({ sequence, hash }) => ({
      organizationId,
      sequence,
      hash,
      keyId: 'k1',
      signature: `signed ${sequence}`,
    }),
    written: (head) => void heads.push(head),
  }
}

async function chainOf(storage: Storage, organizationId = 'acme'): Promise<AuditEntry[]> {
  return storage.readAudit({ organizationId, afterSequence: 0, limit: 1000 })
}

/** Fails unless each entry follows from the one before it, and the head from the last. */
async function assertWhole(storage: Storage, count: number): Promise<void> {
  const chain = await chainOf(storage)
  assert.deepEqual(
    chain.map(({ sequence }) => sequence),
    Array.from({ length: count }, (_, index) => index + 1),
  )
  chain.forEach(({ previousHash }, index) => assert.equal(previousHash, chain[index - 1]?.hash ?? ''))
  const head = await storage.findAuditHead('acme')
  assert.deepEqual([head?.sequence, head?.hash], [count, chain.at(-1)?.hash])
}

export const auditCases: readonly ConformanceCase[] = [
  storageCase('an entry of the audit log is found exactly as it was written', async (storage) => {
    assert.equal(await storage.findAuditHead('acme'), null)
    const heads: AuditHead[] = []
    const webhook = webhookRow()
    await storage.insertWebhook(webhook, audit('webhook.created', 'acme', { heads }))
    const [entry] = await chainOf(storage)
    assert.deepEqual(entry?.actor, { type: 'user', id: 'ada', ip: '203.0.113.9', userAgent: 'Zoë’s browser' })
    assert.deepEqual([entry?.before, entry?.after], [null, JSON.stringify(webhook)])
    assert.deepEqual(await storage.listAudit({ organizationId: 'acme', limit: 10 }), [entry])
    assert.deepEqual(heads, [await storage.findAuditHead('acme')])
    assert.deepEqual(await chainOf(storage, 'globex'), [])
  }),

  storageCase(
    'every change of a key, webhook or organization has its entry, with how it was before',
    async (storage) => {
      const [key, webhook] = [apiKeyRow(), webhookRow()]
      const rotation = {
        hash: 'hash-1',
        start: 'lh_1',
        last4: '0001',
        rotatedAt: after(second),
        graceEndsAt: null,
      }
      await storage.insertApiKey(key, 'hash-0', audit('api_key.created'))
      await storage.updateApiKey(key, { name: 'New' }, audit('api_key.updated'))
      await storage.rotateApiKey(key, rotation, audit('api_key.rotated'))
      await storage.revokeApiKey(key, { revokedAt: after(1), reason: null }, audit('api_key.revoked'))
      await storage.insertWebhook(webhook, audit('webhook.created'))
      await storage.updateWebhook(webhook, { name: 'New', updatedAt: after(1) }, audit('webhook.updated'))
      await storage.deleteWebhook({ ...webhook, now: after(2) }, audit('webhook.deleted'))
      await storage.upsertOrganization(
        organizationRow({ name: 'A', createdAt: after(0) }),
        audit('organization.created'),
      )
      await storage.upsertOrganization(
        organizationRow({ name: 'B', createdAt: after(1) }),
        audit('organization.updated'),
      )
      await storage.appendAudit('acme', audit('webhook.secret_revealed'))
      const type = typeRow()
      await storage.insertEventType(type, audit('event_type.registered'))
      await storage.insertEventType(type, audit('event_type.registered'))
      await storage.updateEventType(type, { description: 'New' }, audit('event_type.updated'))
      await storage.deleteEventType(type, audit('event_type.deleted'))
      await storage.deleteEventType(type, audit('event_type.deleted'))
      const event = eventRow()
      await storage.insertEvents([event], { now: after(0) })
      await storage.redactEvent(event, audit('event.redacted'))
      await storage.redactEvent(event, audit('event.redacted'))
      await assertWhole(storage, 14)
      const nameIn = (text: string | null): unknown => text && (JSON.parse(text) as { name: unknown }).name
      const chain = await chainOf(storage)
      assert.deepEqual(
        chain.map(({ action, before, after: changed }) => [action, nameIn(before), nameIn(changed)]),
        [
          ['api_key.created', null, 'Backend'],
          ['api_key.updated', 'Backend', 'New'],
          ['api_key.rotated', 'New', 'New'],
          ['api_key.revoked', 'New', 'New'],
          ['webhook.created', null, null],
          ['webhook.updated', null, 'New'],
          ['webhook.deleted', 'New', null],
          ['organization.created', null, 'A'],
          ['organization.updated', 'A', 'B'],
          ['webhook.secret_revealed', null, null],
          ['event_type.registered', null, type.name],
          ['event_type.updated', type.name, type.name],
          ['event_type.deleted', type.name, null],
          ['event.redacted', undefined, undefined],
        ],
      )
    },
  ),

  storageCase('keys that are revoked together have an entry each', async (storage) => {
    const keys = [1, 2, 3].map(() => apiKeyRow({ tags: ['leaked'] }))
    for (const [index, key] of keys.entries()) await storage.insertApiKey(key, `hash-${index}`)
    const filter = { organizationId: 'acme', tag: 'leaked' }
    await storage.revokeApiKeys(filter, { revokedAt: after(1), reason: null }, audit('api_key.revoked'))
    await assertWhole(storage, 3)
  }),

  storageCase('what changes nothing leaves no entry', async (storage) => {
    const unknown = { organizationId: 'acme', id: 'unknown' }
    await storage.updateApiKey(unknown, { name: 'x' }, audit('api_key.updated'))
    await storage.revokeApiKey(unknown, { revokedAt: after(1), reason: null }, audit('api_key.revoked'))
    await storage.updateWebhook(unknown, { name: 'x', updatedAt: after(1) }, audit('webhook.updated'))
    await storage.deleteWebhook({ ...unknown, now: after(1) }, audit('webhook.deleted'))
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    for (const ms of [1, 2])
      await storage.revokeApiKey(key, { revokedAt: after(ms), reason: null }, audit('api_key.revoked'))
    await assertWhole(storage, 1)
  }),

  storageCase('a change whose entry cannot be made is not made either', async (storage) => {
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    const heads: AuditHead[] = []
    const broken = { heads, fails: true }
    await assert.rejects(storage.updateApiKey(key, { name: 'New' }, audit('api_key.updated', 'acme', broken)))
    await assert.rejects(storage.insertWebhook(webhookRow(), audit('webhook.created', 'acme', broken)))
    assert.deepEqual(await storage.findApiKey(key), key)
    assert.deepEqual(await storage.listWebhooks({ organizationId: 'acme', limit: 10 }), [])
    assert.deepEqual([await chainOf(storage), heads], [[], []])
  }),

  storageCase('an entry whose change fails is not written either', async (storage) => {
    await storage.insertApiKey(apiKeyRow(), 'hash')
    await assert.rejects(storage.insertApiKey(apiKeyRow(), 'hash', audit('api_key.created')))
    assert.deepEqual(await chainOf(storage), [])
    assert.equal(await storage.findAuditHead('acme'), null)
  }),

  storageCase('a hundred callers who change things at once make one chain', async (storage) => {
    const heads: AuditHead[] = []
    const key = apiKeyRow()
    await storage.insertApiKey(key, 'hash')
    await race(100, async (index) =>
      index % 2 === 0
        ? storage.insertWebhook(webhookRow(), audit('webhook.created', 'acme', { heads }))
        : storage.updateApiKey(key, { name: `Name ${index}` }, audit('api_key.updated', 'acme', { heads })),
    )
    await assertWhole(storage, 100)
    assert.equal(new Set(heads.map(({ sequence }) => sequence)).size, 100)
  }),

  storageCase(
    'the audit log is listed by action, target and actor, and read from any place on',
    async (storage) => {
      await storage.insertWebhook(webhookRow(), audit('webhook.created'))
      await storage.appendAudit('acme', audit('webhook.secret_revealed'))
      await storage.appendAudit('globex', audit('webhook.secret_revealed', 'globex'))
      const query = { organizationId: 'acme', limit: 10 }
      const actions = async (filter: object): Promise<string[]> =>
        (await storage.listAudit({ ...query, ...filter })).map(({ action }) => action)
      assert.deepEqual(await actions({}), ['webhook.secret_revealed', 'webhook.created'])
      assert.deepEqual(await actions({ action: 'webhook.created' }), ['webhook.created'])
      assert.deepEqual(await actions({ targetId: 'whk_2' }), [])
      assert.equal((await actions({ actorId: 'ada' })).length, 2)
      const rest = await storage.readAudit({ organizationId: 'acme', afterSequence: 1, limit: 10 })
      assert.deepEqual(
        rest.map(({ sequence }) => sequence),
        [2],
      )
    },
  ),

  storageCase(
    'a webhook that a settlement switches off has one entry, however many do so',
    async (storage) => {
      await addWebhook(storage)
      await dispatch(storage, {}, { count: 6 })
      const claimed = await claim(storage)
      const heads: AuditHead[] = []
      const disabled: Scoped[] = []
      const options = {
        now: after(second),
        onDisabled: (webhook: Scoped) => void disabled.push(webhook),
        audit: audit<StoredWebhook>('webhook.disabled', 'acme', { heads }),
      }
      const gone = claimed.map((one) =>
        settlementOf(one, { next: { status: 'dead_letter', reason: 'gone' }, disableWebhook: 'gone' }),
      )
      await Promise.all(gone.map(async (one) => storage.settleDeliveries([one], options)))
      await assertWhole(storage, 1)
      const [entry] = await chainOf(storage)
      const enabledIn = (text: string | null = null): unknown =>
        text && (JSON.parse(text) as StoredWebhook).enabled
      assert.deepEqual([enabledIn(entry?.before), enabledIn(entry?.after)], [true, false])
      assert.equal(heads.length, 1)
      assert.deepEqual(disabled, [{ organizationId: 'acme', id: claimed[0]?.webhook.id }])
    },
  ),
]
