import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { signPayload, verifySignature } from '@leadhooks/verify-signature'
import { leadData } from './leads.ts'
import { compare, type Result } from './results.ts'
import { interleave, perSecond } from './rounds.ts'
import type { SuiteOptions } from './suite-options.ts'

/** `verifySignature`, JSON parsed and all, beside the least that a receiver could do by hand. */
export async function verifyScenario({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const times = quick ? 20_000 : 200_000
  const key = randomBytes(32)
  const secret = `whsec_${key.toString('base64')}`
  const timestamp = Math.floor(Date.now() / 1000)
  const payload = JSON.stringify({ id: 'evt_1', event: 'new_lead', timestamp: new Date(), data: leadData(1) })
  const signature = signPayload({ id: 'evt_1', timestamp, payload, secret })
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  }
  const expected = Buffer.from(signature.slice('v1,'.length), 'base64')

  const byHand = (hmacKey: Buffer | KeyObject) => (): void => {
    const digest = createHmac('sha256', hmacKey).update(`evt_1.${timestamp}.${payload}`).digest()
    if (!timingSafeEqual(digest, expected)) throw new Error('no match')
  }
  const repeat = (run: () => unknown) => (): Promise<number> =>
    perSecond(times, () => {
      for (let i = 0; i < times; i++) run()
    })

  const values = await interleave(rounds, {
    byHand: repeat(byHand(key)),
    byHandWithKeyObject: repeat(byHand(createSecretKey(key))),
    byLibrary: repeat(() => verifySignature({ payload, headers, secret })),
  })
  const comparison = {
    scenario: 'verify a signature',
    unit: '/s',
    subject: 'verifySignature, body parsed',
    values: values.byLibrary,
    atLeast: 0.7,
  }
  return [
    compare({ ...comparison, baseline: 'bare HMAC, timingSafeEqual', baselineValues: values.byHand }),
    // A key that is turned into a KeyObject once, which few think of, is several times as fast.
    compare({
      ...comparison,
      baseline: 'the same, KeyObject made once',
      baselineValues: values.byHandWithKeyObject,
    }),
  ]
}
