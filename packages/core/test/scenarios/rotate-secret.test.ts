import { randomBytes } from 'node:crypto'
import { memoryStorage } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { verifyBodySignature, verifySignature } from '@leadhooks/verify-signature'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const daySeconds = 86_400
const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') })

describe('a rotated secret', () => {
  test('signs beside the former one while the grace lasts, and alone from then on', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const { webhook, secret: former } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    leadhooks.startWorker()
    const rotated = await leadhooks.webhooks.rotateSecret({ ...ids(webhook), graceSeconds: 3600 })
    expect(rotated.secret).not.toBe(former)
    expect(rotated.webhook).toMatchObject({
      secretRotatedAt: new Date(clock.now()),
      previousSecretEndsAt: new Date(clock.now() + 3_600_000),
    })

    /** Which of the secrets verifies the newest request: by the headers, and by the body alone. */
    const verifiedBy = async (count: number): Promise<{ byHeaders: string[]; byBody: string[] }> => {
      await dispatch(leadhooks)
      await whileTimePasses(clock, receiver.received(count))
      await letSettle(clock)
      const { body: payload = '', headers = {} } = receiver.requests.at(-1) ?? {}
      const now = clock.now()
      const secrets = { former, current: rotated.secret }
      const byHeaders = namesOf(secrets, (secret) => verifySignature({ payload, headers, secret, now }))
      const byBody = namesOf(secrets, (secret) => verifyBodySignature({ payload, headers, secret }))
      return { byHeaders, byBody }
    }
    const both = { byHeaders: ['former', 'current'], byBody: ['former'] }
    expect(await verifiedBy(1)).toEqual(both)
    await clock.advance(3_599_000)
    expect(await verifiedBy(2)).toEqual(both)
    await clock.advance(1000)
    expect(await verifiedBy(3)).toEqual({ byHeaders: ['current'], byBody: ['current'] })
    expect(await leadhooks.webhooks.revealSecret(ids(webhook))).toEqual({ secret: rotated.secret })
  })

  test('may be the caller’s own, replaces the former one at once without a grace, and has its entry in the audit log', async () => {
    const { leadhooks } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: 'https://example.com' })
    const secret = `whsec_${randomBytes(32).toString('base64')}`
    const rotated = await leadhooks.webhooks.rotateSecret({ ...ids(webhook), graceSeconds: 0, secret })
    expect(rotated).toMatchObject({ secret, webhook: { previousSecretEndsAt: null } })
    const { data } = await leadhooks.audit.list({ organizationId })
    expect(data).toContainEqual(
      expect.objectContaining({ action: 'webhook.secret_rotated', targetId: webhook.id }),
    )
    expect(JSON.stringify(data)).not.toContain(secret.slice(8, 30))
  })

  test('that is too weak is refused, and changes nothing', async () => {
    const { leadhooks } = await openLeadhooks()
    const { webhook, secret } = await leadhooks.webhooks.create({
      organizationId,
      url: 'https://example.com',
    })
    const weak = leadhooks.webhooks.rotateSecret({ ...ids(webhook), secret: 'whsec_c2hvcnQ=' })
    await expect(weak).rejects.toMatchObject({ code: 'invalid_request', issues: [{ pointer: '/secret' }] })
    expect(await leadhooks.webhooks.revealSecret(ids(webhook))).toEqual({ secret })
    await expect(
      leadhooks.webhooks.rotateSecret({ organizationId: 'other', id: webhook.id }),
    ).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('of ten callers at once is the last one’s, and the one before it is the former', async () => {
    const { leadhooks } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: 'https://example.com' })
    const rotations = await Promise.all(
      Array.from({ length: 10 }, async () => leadhooks.webhooks.rotateSecret(ids(webhook))),
    )
    const { secret } = await leadhooks.webhooks.revealSecret(ids(webhook))
    expect(rotations.map((rotation) => rotation.secret)).toContain(secret)
  })
})

test('a webhook that wants it has a new secret every so many days, whichever worker sees to it', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const [here, there] = [await openLeadhooks({ clock, storage }), await openLeadhooks({ clock, storage })]
  const settings = { organizationId, url: 'https://example.com', rotateSecretEveryDays: 30 }
  const { webhook, secret } = await here.leadhooks.webhooks.create(settings)
  expect(webhook.rotateSecretAt).toEqual(new Date(clock.now() + 30 * daySeconds * 1000))
  here.leadhooks.startWorker()
  there.leadhooks.startWorker()
  const jump = 30 * daySeconds * 1000 - 120_000
  await clock.advance(1)
  await storage.updateWebhook(webhook, { rotateSecretAt: new Date(clock.now() + 90_000) })
  await clock.advance(60_000)
  expect(await here.leadhooks.webhooks.revealSecret(ids(webhook))).toEqual({ secret })
  await clock.advance(120_000)
  const rotated = await here.leadhooks.webhooks.get(ids(webhook))
  expect(rotated.secretRotatedAt).not.toBeNull()
  expect(rotated.rotateSecretAt?.getTime()).toBeGreaterThan(clock.now() + jump)
  const { data } = await here.leadhooks.audit.list({ organizationId })
  expect(data.filter(({ action }) => action === 'webhook.secret_rotated')).toHaveLength(1)
  await here.leadhooks.webhooks.update({ ...ids(webhook), rotateSecretEveryDays: null })
  expect((await here.leadhooks.webhooks.get(ids(webhook))).rotateSecretAt).toBeNull()
})

test('credentials move to a new encryption key by themselves, after which the old one may go', async () => {
  const clock = fakeClock()
  const storage = memoryStorage()
  const [old, current] = [key('k1'), key('k2')]
  const before = await openLeadhooks({ clock, storage, encryptionKeys: [old] })
  const settings = {
    organizationId,
    url: 'https://example.com',
    headers: { 'x-tenant': 'acme' },
    asymmetricSigning: true,
  }
  const { webhook } = await before.leadhooks.webhooks.create(settings)
  const { secret } = await before.leadhooks.webhooks.rotateSecret(ids(webhook))

  const during = await openLeadhooks({ clock, storage, encryptionKeys: [current, old] })
  during.leadhooks.startWorker()
  await clock.advance(61_000)

  const afterwards = await openLeadhooks({ clock, storage, encryptionKeys: [current] })
  expect(await afterwards.leadhooks.webhooks.revealSecret(ids(webhook))).toEqual({ secret })
  const stored = await storage.findWebhook(ids(webhook))
  const sealed = [
    stored?.sealedSecret,
    stored?.sealedPreviousSecret,
    stored?.sealedPrivateKey,
    stored?.sealedPreviousPrivateKey,
    stored?.sealedHeaders,
  ]
  expect(sealed.map((value) => value?.startsWith('v1.k2.'))).toEqual([true, true, true, true, true])
})

function ids({ id }: { id: string }): { organizationId: string; id: string } {
  return { organizationId, id }
}

/** The names of the secrets that a check passes. */
function namesOf(secrets: Record<string, string>, check: (secret: string) => unknown): string[] {
  return Object.keys(secrets).filter((name) => {
    try {
      check(secrets[name] ?? '')
      return true
    } catch {
      return false
    }
  })
}
