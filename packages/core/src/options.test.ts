import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createLeadhooks } from './create-leadhooks.ts'
import { resolveSettings } from './options.ts'
import { memoryStorage } from './storage/memory-storage.ts'

const key = Buffer.alloc(32, 1).toString('base64')
const needed = { storage: memoryStorage(), encryptionKeys: [{ id: 'k1', key }] }

describe('the options', () => {
  test('that are needed are a storage and a key', () => {
    expect(() => createLeadhooks(needed)).not.toThrow()
  })

  test.each([
    ['nothing', undefined, ''],
    ['no storage', { encryptionKeys: needed.encryptionKeys }, '/storage'],
    ['something else for a storage', { ...needed, storage: {} }, '/storage/claimDeliveries'],
    ['a misspelt option', { ...needed, deliverry: {} }, '/deliverry'],
    ['a misspelt setting', { ...needed, delivery: { timeout: 5 } }, '/delivery/timeout'],
    ['no slots', { ...needed, delivery: { concurrency: 0 } }, '/delivery/concurrency'],
    [
      'an organization that may have nothing',
      { ...needed, delivery: { organizationConcurrency: 0 } },
      '/delivery/organizationConcurrency',
    ],
    ['an unknown policy', { ...needed, delivery: { retry: 'often' } }, '/delivery/retry'],
    ['a prefix that no token can have', { ...needed, apiKeys: { prefix: 'L_' } }, '/apiKeys/prefix'],
    ['a logger without its methods', { ...needed, logger: {} }, '/logger/warn'],
    ['an observer that cannot be called', { ...needed, observe: 5 }, '/observe'],
    [
      'a CIDR that is none',
      { ...needed, network: { allowedCidrs: ['10.0.0.0'] } },
      '/network/allowedCidrs/0',
    ],
    ['an event type without a schema', { ...needed, events: { new_lead: {} } }, '/events/new_lead/schema'],
    ['keys that are no list', { ...needed, encryptionKeys: 'x' }, '/encryptionKeys'],
  ])('%s: refused by name', (_, options, pointer) => {
    expect(() => createLeadhooks(options as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        issues: expect.arrayContaining([expect.objectContaining({ pointer })]),
      }),
    )
  })

  test('never repeat a key, also where it is in the wrong place', () => {
    for (const keys of [[{ id: key, key: 'k1' }], [{ id: 'k1', key: key.slice(0, 30) }]]) {
      expect(() => createLeadhooks({ ...needed, encryptionKeys: keys })).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(key.slice(0, 20)) }),
      )
    }
  })

  test('cannot give two keys the same id', () => {
    const twice = [...needed.encryptionKeys, ...needed.encryptionKeys]
    expect(() => createLeadhooks({ ...needed, encryptionKeys: twice })).toThrow(
      'Two encryption keys have the id "k1"',
    )
  })
})

describe('how much of an organization goes out at once', () => {
  test.each([
    [{}, 32],
    [{ concurrency: 9 }, 4],
    [{ concurrency: 1 }, 1],
    [{ concurrency: 9, organizationConcurrency: 20 }, 20],
  ])('is with %j: %i', (delivery, most) => {
    expect(resolveSettings({ ...needed, delivery }).delivery.organizationConcurrency).toBe(most)
  })
})

describe('a call in the wrong form', () => {
  const leadhooks = createLeadhooks({ ...needed, events: { a: { schema: z.object({ at: z.unknown() }) } } })
  const thrower = Object.defineProperty({}, 'organizationId', {
    get() {
      throw new Error('a trap')
    },
  })

  test.each([null, undefined, 5, 'x', [], {}, thrower])('of %s is an error with a code', async (input) => {
    const wrong = input as never
    const calls = [
      () => leadhooks.dispatchEvent(wrong),
      () => leadhooks.apiKeys.create(wrong),
      () => leadhooks.apiKeys.get(wrong),
      () => leadhooks.apiKeys.list(wrong),
      () => leadhooks.apiKeys.update(wrong),
      () => leadhooks.apiKeys.revoke(wrong),
      () => leadhooks.webhooks.create(wrong),
      () => leadhooks.webhooks.update(wrong),
      () => leadhooks.webhooks.delete(wrong),
      () => leadhooks.webhooks.enable(wrong),
      () => leadhooks.webhooks.disable(wrong),
      () => leadhooks.deliveries.replay(wrong),
      () => leadhooks.deliveries.list(wrong),
      () => leadhooks.events.get(wrong),
      () => leadhooks.organizations.upsert(wrong),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'invalid_request' })
    if (!Array.isArray(input)) {
      await expect(leadhooks.dispatchEvents(wrong)).rejects.toMatchObject({ code: 'invalid_request' })
    }
  })

  test('never lets a token in by mistake', async () => {
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x', role: 'read_only' })
    expect(await leadhooks.apiKeys.verify(token, { permissions: ['write:x'] })).toMatchObject({ ok: false })
    for (const options of [{ permission: ['write:x'] }, { permissions: 'write:x' }, null]) {
      await expect(leadhooks.apiKeys.verify(token, options as never)).rejects.toMatchObject({
        code: 'invalid_request',
      })
    }
    expect(await leadhooks.apiKeys.verify(undefined as never)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('data that throws when it is read is an error with its cause', async () => {
    const cause = new Error('a trap')
    const at = {
      toJSON() {
        throw cause
      },
    }
    await expect(
      leadhooks.dispatchEvent({ organizationId: 'acme', type: 'a', data: { at } }),
    ).rejects.toMatchObject({
      code: 'invalid_event_data',
      cause,
    })
  })
})
