import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createLeadhooks } from '../create-leadhooks.ts'
import { githubLeakReports } from '../http/github-leak-reports.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { Observation } from '../observation.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import type { LeakPolicy } from './report-leak.ts'
import { createToken } from './token.ts'

function open(leaked?: LeakPolicy): { leadhooks: Leadhooks; observed: Observation[] } {
  const observed: Observation[] = []
  const leadhooks: Leadhooks = createLeadhooks({
    storage: memoryStorage(),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    apiKeys: { leaked },
    observe: (observation) => void observed.push(observation),
  })
  return { leadhooks, observed }
}

describe('a token that was found in public', () => {
  test.each([
    ['revoke', { ok: false, reason: 'revoked' }],
    ['disable', { ok: false, reason: 'disabled' }],
    ['notify', { ok: true }],
  ] as const)('by the policy %s', async (policy, verification) => {
    const { leadhooks, observed } = open(policy)
    const { token, apiKey } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    await leadhooks.apiKeys.verify(token)
    const url = 'https://github.com/acme/app/blob/main/.env'
    expect(await leadhooks.apiKeys.reportLeak({ token, source: 'github', url })).toMatchObject({
      id: apiKey.id,
    })
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject(verification)
    expect(observed).toEqual([
      {
        type: 'api_key.leaked',
        organizationId: 'acme',
        apiKeyId: apiKey.id,
        source: 'github',
        url,
        action: policy,
      },
    ])
    const { data } = await leadhooks.audit.list({ organizationId: 'acme' })
    expect(data[0]?.actor).toEqual(
      policy === 'notify' ? { type: 'system', id: 'host' } : { type: 'system', id: 'leak-report' },
    )
  })

  test('is passed over when it is none, or works no more', async () => {
    const { leadhooks, observed } = open()
    const { token, apiKey } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    const { token: next } = await leadhooks.apiKeys.regenerate({ organizationId: 'acme', id: apiKey.id })
    for (const gone of [token, createToken('lh', 'live'), 'nonsense'])
      expect(await leadhooks.apiKeys.reportLeak({ token: gone })).toBeNull()
    expect(await leadhooks.apiKeys.verify(next)).toMatchObject({ ok: true })
    expect(observed).toEqual([])
  })
})

describe('an alert of GitHub', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const keys: Record<string, string> = { current: pem }

  function alert(body: string, { identifier = 'current', signed = body } = {}): Request {
    return new Request('https://crm.example/leaks', {
      method: 'POST',
      body,
      headers: {
        'github-public-key-identifier': identifier,
        'github-public-key-signature': sign('sha256', Buffer.from(signed), privateKey).toString('base64'),
      },
    })
  }

  test('is acted on when GitHub has signed it, token by token', async () => {
    const { leadhooks } = open()
    const handle = githubLeakReports(leadhooks, { publicKey: (identifier) => keys[identifier] })
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    const type = 'leadhooks_api_key'
    const response = await handle(
      alert(
        JSON.stringify([
          { token, type, url: 'https://x.example' },
          { token: 'lh_live_x', type },
        ]),
      ),
    )
    expect([response.status, await response.json()]).toEqual([
      200,
      [
        { token_raw: token, token_type: type, label: 'true_positive' },
        { token_raw: 'lh_live_x', token_type: type, label: 'false_positive' },
      ],
    ])
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ reason: 'revoked' })
  })

  test.each([
    ['another body was signed', { signed: '[]' }],
    ['the key is not known', { identifier: 'old' }],
  ])('is refused when %s, and nothing is revoked', async (_, how) => {
    const { leadhooks } = open()
    const handle = githubLeakReports(leadhooks, { publicKey: (identifier) => keys[identifier] })
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    const response = await handle(alert(JSON.stringify([{ token, type: 't' }]), how))
    expect(response.status).toBe(403)
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
  })

  test('that is no JSON is a problem, and not a fault', async () => {
    const handle = githubLeakReports(open().leadhooks, { publicKey: (identifier) => keys[identifier] })
    expect((await handle(alert('{'))).status).toBe(400)
    expect((await handle(alert('{"token":1}'))).status).toBe(400)
  })
})
