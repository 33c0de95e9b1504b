import { fakeClock } from '@leadhooks/core/testing'
import { generateSecret, isSignatureError, verifySignature } from '@leadhooks/verify-signature'
import type { Leadhooks } from '@leadhooks/core'
import { describe, expect, test } from 'vitest'
import {
  dispatch,
  letSettle,
  openLeadhooks,
  openReceiver,
  organizationId,
  whileTimePasses,
} from './harness.ts'

const hour = 3_600_000

describe('a webhook with asymmetric signing', () => {
  test('sends requests that verify by the keys anybody can fetch, and by the secret', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const { webhook, secret } = await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      asymmetricSigning: true,
    })
    const { status, headers, keys } = await fetchKeys(leadhooks, webhook.id)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('public, max-age=300')
    expect(keys.map(toPublicKey)).toEqual([webhook.publicKey])
    expect(keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' })
    expect(Object.keys(keys[0] ?? {})).not.toContain('d')

    leadhooks.startWorker()
    await dispatch(leadhooks)
    await whileTimePasses(clock, receiver.received(1))
    await letSettle(clock)
    const { body: payload = '', headers: sent = {} } = receiver.requests[0] ?? {}
    expect(String(sent['webhook-signature'])).toMatch(/^v1,\S+ v1a,\S+$/)
    for (const key of [secret, ...keys.map(toPublicKey)])
      expect(verifySignature({ payload, headers: sent, secret: key, now: clock.now() })).toMatchObject({
        event: 'new_lead',
      })
  })

  test('signs with the former key too while the grace of a rotation lasts', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const { webhook } = await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      asymmetricSigning: true,
    })
    leadhooks.startWorker()
    const rotated = await leadhooks.webhooks.rotateSecret({
      organizationId,
      id: webhook.id,
      graceSeconds: 3600,
    })
    const [former, current] = [webhook.publicKey ?? '', rotated.webhook.publicKey ?? '']
    expect(current).not.toBe(former)

    /** Which keys are published, and which of the two verify the newest request. */
    const state = async (count: number): Promise<{ published: string[]; verifying: string[] }> => {
      await dispatch(leadhooks)
      await whileTimePasses(clock, receiver.received(count))
      await letSettle(clock)
      const { body: payload = '', headers = {} } = receiver.requests.at(-1) ?? {}
      const verifies = (secret: string): boolean => {
        try {
          verifySignature({ payload, headers, secret, now: clock.now() })
          return true
        } catch (error) {
          if (isSignatureError(error)) return false
          throw error
        }
      }
      const { keys } = await fetchKeys(leadhooks, webhook.id)
      return { published: keys.map(toPublicKey), verifying: [current, former].filter(verifies) }
    }
    expect(await state(1)).toEqual({ published: [current, former], verifying: [current, former] })
    await clock.advance(hour)
    expect(await state(2)).toEqual({ published: [current], verifying: [current] })
    await leadhooks.webhooks.rotateSecret({ organizationId, id: webhook.id, graceSeconds: 0 })
    expect(await state(3)).toMatchObject({ published: [expect.any(String)], verifying: [] })
  })

  test('keeps its key while it is asked for again, and loses it when it is switched off', async () => {
    const { leadhooks } = await openLeadhooks()
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: 'https://example.com' })
    expect(webhook.publicKey).toBeNull()
    const set = async (asymmetricSigning: boolean): Promise<string | null> =>
      (await leadhooks.webhooks.update({ organizationId, id: webhook.id, asymmetricSigning })).publicKey
    const key = await set(true)
    expect(key).toMatch(/^whpk_/)
    expect(await set(true)).toBe(key)
    expect(await set(false)).toBeNull()
    expect(await set(true)).not.toBe(key)
    const rename = { organizationId, id: webhook.id, name: 'New name' }
    expect((await leadhooks.webhooks.update(rename)).publicKey).not.toBeNull()
  })

  test('shows its private key nowhere', async () => {
    const { leadhooks } = await openLeadhooks()
    const settings = { organizationId, url: 'https://example.com', asymmetricSigning: true }
    const { webhook } = await leadhooks.webhooks.create(settings)
    const rotated = await leadhooks.webhooks.rotateSecret({ organizationId, id: webhook.id })
    const audit = await leadhooks.audit.list({ organizationId })
    const shown = JSON.stringify([webhook, rotated, audit, await leadhooks.webhooks.list({ organizationId })])
    expect(shown).not.toMatch(/whsk_|sealed|rivateKey/)
  })
})

test('no keys are found of an unknown webhook, nor of one whose requests carry no such signatures', async () => {
  const { leadhooks } = await openLeadhooks()
  const settings = { organizationId, url: 'https://example.com', secret: generateSecret() }
  const { webhook } = await leadhooks.webhooks.create(settings)
  for (const id of [webhook.id, 'whk_unknown']) {
    expect(await fetchKeys(leadhooks, id)).toMatchObject({ status: 404, keys: [] })
    await expect(leadhooks.webhooks.publicKeys({ id })).rejects.toMatchObject({ code: 'not_found' })
  }
})

interface Jwk {
  kty: string
  x: string
}

/** As anybody fetches them, without a key of the API. */
async function fetchKeys(
  leadhooks: Leadhooks,
  id: string,
): Promise<{ status: number; headers: Headers; keys: Jwk[] }> {
  const response = await leadhooks.fetch(new Request(`https://crm.example/webhooks/${id}/jwks.json`))
  const { keys = [] }: { keys?: Jwk[] } = JSON.parse(await response.text())
  return { status: response.status, headers: response.headers, keys }
}

/** In the form that `verifySignature` takes. */
function toPublicKey({ x }: Jwk): string {
  return `whpk_${Buffer.from(x, 'base64url').toString('base64')}`
}
