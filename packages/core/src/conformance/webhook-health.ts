import assert from 'node:assert/strict'
import type { StoredWebhook } from '../model/webhook.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import {
  addClaimed,
  addWebhook,
  after,
  claim,
  claimOne,
  dispatch,
  minute,
  only,
  race,
  start,
} from './fixtures.ts'

const unhealthy = { consecutiveFailures: 1, failingSince: start.getTime(), openings: 0, warnedOf: 0 }

function countOneMore({ health }: StoredWebhook): Pick<StoredWebhook, 'health'> {
  return { health: { ...unhealthy, consecutiveFailures: (health?.consecutiveFailures ?? 0) + 1 } }
}

export const webhookHealthCases: readonly ConformanceCase[] = [
  storageCase('changes that a function tells are made to the webhook as it is', async (storage) => {
    const webhook = await addWebhook(storage, { name: 'Old' })
    const seen: StoredWebhook[] = []
    const updated = await storage.updateWebhook(webhook, (current) => {
      seen.push(current)
      return { name: `${current.name} and new` }
    })
    assert.deepEqual(updated, { ...webhook, name: 'Old and new' })
    assert.deepEqual(seen.at(-1), webhook)
    assert.deepEqual(await storage.findWebhook(webhook), updated)
  }),

  storageCase('a function that wants no change gets none, and the webhook as it is', async (storage) => {
    const webhook = await addWebhook(storage)
    assert.deepEqual(await storage.updateWebhook(webhook, () => null), webhook)
    assert.deepEqual(await storage.findWebhook(webhook), webhook)
    const unknown = { organizationId: 'globex', id: webhook.id }
    assert.equal(await storage.updateWebhook(unknown, () => ({ name: 'New' })), null)
  }),

  storageCase('a function that throws changes nothing', async (storage) => {
    const webhook = await addWebhook(storage)
    const fault = new Error('No')
    await assert.rejects(
      storage.updateWebhook(webhook, () => {
        throw fault
      }),
    )
    assert.deepEqual(await storage.findWebhook(webhook), webhook)
  }),

  storageCase('of ten functions at once each sees what the one before it made', async (storage) => {
    const webhook = await addWebhook(storage)
    await race(10, async () => storage.updateWebhook(webhook, countOneMore))
    assert.equal((await storage.findWebhook(webhook))?.health?.consecutiveFailures, 10)
  }),

  storageCase('deliveries of a webhook that waits are claimed when its time has come', async (storage) => {
    const webhook = await addWebhook(storage)
    const other = await addWebhook(storage)
    await dispatch(storage)
    await storage.updateWebhook(webhook, { waitsUntil: after(minute), waitsFor: 'paused' })
    assert.deepEqual((await claimOne(storage, { leaseMs: 5 * minute })).webhook.id, other.id)
    assert.deepEqual(await claim(storage, { now: after(minute - 1) }), [])
    const claimed = await claimOne(storage, { now: after(minute) })
    assert.deepEqual([claimed.webhook.id, claimed.attempt], [webhook.id, 1])
    assert.deepEqual(claimed.webhook.waitsUntil, after(minute))
  }),

  storageCase('deliveries of a webhook that waits no more are claimed at once', async (storage) => {
    const webhook = await addWebhook(storage, { waitsUntil: after(minute), waitsFor: 'circuit' })
    await dispatch(storage)
    assert.deepEqual(await claim(storage), [])
    await storage.updateWebhook(webhook, () => ({ waitsUntil: null, waitsFor: null }))
    assert.equal((await claimOne(storage)).webhook.id, webhook.id)
  }),

  storageCase('a lapsed lease of a webhook that waits, waits too', async (storage) => {
    const { webhook } = await addClaimed(storage)
    await storage.updateWebhook(webhook, { waitsUntil: after(5 * minute), waitsFor: 'circuit' })
    assert.deepEqual(await claim(storage, { now: after(2 * minute) }), [])
    assert.equal((await claimOne(storage, { now: after(5 * minute) })).attempt, 2)
  }),

  ...(['gone', 'failing'] as const).map((disabledReason) =>
    storageCase(
      `an event for a webhook that is switched off as ${disabledReason} waits for it`,
      async (storage) => {
        const webhook = await addWebhook(storage, { enabled: false, disabledReason, disabledAt: start })
        await dispatch(storage)
        assert.deepEqual(await claim(storage), [])
        await storage.updateWebhook(webhook, { enabled: true, disabledReason: null, disabledAt: null })
        assert.equal((await claimOne(storage)).webhook.id, webhook.id)
      },
    ),
  ),

  storageCase(
    'an event for a webhook that was switched off meanwhile waits for it, unless a person did it',
    async (storage) => {
      const failing = await addWebhook(storage)
      const unwanted = await addWebhook(storage)
      const off = { enabled: false, disabledAt: start }
      await storage.updateWebhook(failing, { ...off, disabledReason: 'failing' })
      await storage.updateWebhook(unwanted, { ...off, disabledReason: 'by_user' })
      await dispatch(storage)
      const waiting = await storage.listDeliveries({ organizationId: 'acme', limit: 10 })
      assert.equal(only(waiting).webhookId, failing.id)
    },
  ),

  storageCase(
    'webhooks whose secrets were to be rotated by then are found, the first due first',
    async (storage) => {
      const late = await addWebhook(storage, { rotateSecretAt: after(2), rotateSecretEveryDays: 1 })
      const early = await addWebhook(storage, {
        organizationId: 'globex',
        rotateSecretAt: after(1),
        rotateSecretEveryDays: 1,
      })
      await addWebhook(storage, { rotateSecretAt: after(3), rotateSecretEveryDays: 1 })
      await addWebhook(storage)
      assert.deepEqual(await storage.findSecretsToRotate({ by: after(2), limit: 10 }), [early, late])
      assert.deepEqual(await storage.findSecretsToRotate({ by: after(2), limit: 1 }), [early])
    },
  ),

  storageCase(
    'webhooks with a credential that is sealed otherwise are found, a page at a time',
    async (storage) => {
      const sealed = { sealedSecret: 'v1.k2.a', sealedHeaders: 'v1.k2.b', sealedPreviousSecret: 'v1.k2.c' }
      await addWebhook(storage, sealed)
      await addWebhook(storage, { ...sealed, sealedHeaders: null, sealedPreviousSecret: null })
      const others = [
        await addWebhook(storage, { ...sealed, sealedSecret: 'v1.k1.a' }),
        await addWebhook(storage, { ...sealed, sealedHeaders: 'v1.k20.a', organizationId: 'globex' }),
        await addWebhook(storage, { ...sealed, sealedPreviousSecret: 'v1.K2.a' }),
        await addWebhook(storage, { ...sealed, sealedAuthentication: 'v1.k1.d' }),
        await addWebhook(storage, { ...sealed, sealedTls: 'v1.k1.g' }),
        await addWebhook(storage, { ...sealed, sealedPrivateKey: 'v1.k1.e' }),
        await addWebhook(storage, { ...sealed, sealedPreviousPrivateKey: 'v1.k1.f' }),
      ].sort((a, b) => (a.id < b.id ? -1 : 1))
      const [first, ...later] = others
      const page = { prefix: 'v1.k2.', limit: 10 }
      assert.deepEqual(await storage.findSealedOtherwise({ ...page, afterId: '' }), others)
      assert.deepEqual(await storage.findSealedOtherwise({ ...page, afterId: '', limit: 1 }), [first])
      assert.deepEqual(await storage.findSealedOtherwise({ ...page, afterId: first?.id ?? '' }), later)
    },
  ),
]
