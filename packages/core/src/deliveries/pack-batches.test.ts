import { expect, test } from 'vitest'
import type { PayloadFormat, StoredWebhook } from '../model/webhook.ts'
import type { ClaimedDelivery } from '../storage/storage.ts'
import { isShort, packBatches } from './pack-batches.ts'

const webhook = { id: 'whk_1', organizationId: 'acme' } as StoredWebhook
const settings = { maxEvents: 3, maxWaitMs: 4000 }
const now = 1_000_000

interface Kind {
  ageMs?: number
  attempt?: number
  shapedAs?: PayloadFormat | null
  body?: string
}

/** Only what is looked at. */
function claimed(
  id: string,
  { ageMs = 0, attempt = 1, shapedAs = null, body = '{}' }: Kind = {},
): ClaimedDelivery {
  const delivery = { id, attempt, shapedAs, createdAt: new Date(now - ageMs), event: { body } }
  return delivery as ClaimedDelivery
}

function pack(deliveries: readonly ClaimedDelivery[]): [string[], string, number | null] {
  const { batches, early, lookAgainAt } = packBatches(webhook, settings, deliveries, now)
  const ids = batches.map(({ batched }) => batched.map(({ id }) => id).join(''))
  return [ids, early.map(({ id }) => id).join(''), lookAgainAt]
}

const several = (ids: string, kind?: Kind): ClaimedDelivery[] => ids.split('').map((id) => claimed(id, kind))

test('as many as a request may carry go, and the last few wait for others', () => {
  expect(pack(several('abcdefg'))).toEqual([['abc', 'def'], 'g', now + 1000])
  expect(pack(several('abc'))).toEqual([['abc'], '', null])
  expect(pack([])).toEqual([[], '', null])
})

test('the last few go when one of them has waited for long enough, and no sooner', () => {
  expect(pack([claimed('a', { ageMs: 3999 }), claimed('b')])).toEqual([[], 'ab', now + 1])
  expect(pack([claimed('a', { ageMs: 4000 }), claimed('b')])).toEqual([['ab'], '', null])
})

test('what has been tried before waits for nobody, and takes along who is there', () => {
  expect(pack([claimed('a'), claimed('b', { attempt: 2 })])).toEqual([['ab'], '', null])
})

test('those of one format go together', () => {
  const [a, b, c, d] = [claimed('a'), claimed('b', { shapedAs: 'data' }), claimed('c'), claimed('d')]
  expect(pack([a, b, c, d])).toEqual([['acd'], 'b', now + 1000])
  const { batches } = packBatches(webhook, settings, [a, b, c, d], now + 4000)
  expect(batches.map(({ format }) => format)).toEqual(['leadhooks', 'data'])
})

test('no request carries more than a megabyte, but for a single event that is longer', () => {
  const half = 'é'.repeat(262_145)
  expect(pack(several('abc', { body: half }))).toEqual([['a', 'b'], 'c', now + 1000])
  expect(pack([claimed('a', { body: half + half }), claimed('b')])).toEqual([['a'], 'b', now + 1000])
})

test('what is ready is short of a request until there is enough of it, by number or by length', () => {
  expect(isShort(several('ab'), settings)).toBe(true)
  expect(isShort(several('abc'), settings)).toBe(false)
  expect(isShort(several('ab', { body: 'x'.repeat(524_288) }), settings)).toBe(false)
})
