import { spawnSync } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generateSecret, signPayload } from '@leadhooks/verify-signature'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Inbox } from '../src/inbox.ts'
import { frameworks, startReceiver } from '../src/start-receiver.ts'

const secret = generateSecret()
const id = 'evt_1'
const payload = JSON.stringify({
  id,
  event: 'new_lead',
  timestamp: new Date().toISOString(),
  data: { name: 'Ada' },
})
const now = (): number => Math.floor(Date.now() / 1000)

function signed({ timestamp = now(), body = payload, by = secret } = {}): Record<string, string> {
  const signature = signPayload({ id, timestamp, payload: body, secret: by })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
}

describe.each(frameworks)('with %s', (framework) => {
  async function start(secrets: readonly string[] = [secret]) {
    const inbox = new Inbox()
    const server = await startReceiver(framework, { secret: secrets, inbox }, 0)
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`
    const send = async (headers: Record<string, string>, body = payload): Promise<number> => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
      return response.status
    }
    return { inbox, send, url }
  }

  test('an event that is signed is taken in, once', async () => {
    const { inbox, send } = await start()
    expect(await send(signed())).toBe(204)
    expect(await send(signed())).toBe(204)
    expect(inbox.events).toMatchObject([{ id, event: 'new_lead', data: { name: 'Ada' } }])
  })

  test('while the secret is rotated, either signs', async () => {
    const next = generateSecret()
    const { inbox, send } = await start([next, secret])
    expect(await send(signed({ by: next }))).toBe(204)
    expect(await send(signed())).toBe(204)
    expect(inbox.events).toHaveLength(1)
  })

  test('what is forged, altered, old, unsigned or too long is refused', async () => {
    const { inbox, send, url } = await start()
    const large = 'a'.repeat(2_000_000)
    expect(await send(signed({ by: generateSecret() }))).toBe(401)
    expect(await send(signed(), payload.replace('Ada', 'Eve'))).toBe(401)
    expect(await send(signed({ timestamp: now() - 3600 }))).toBe(401)
    expect(await send(signed({ timestamp: now() + 3600 }))).toBe(401)
    expect(await send({})).toBe(400)
    expect(await send(signed({ body: '{' }), '{')).toBe(400)
    expect(await send(signed({ body: large }), large)).toBe(413)
    expect((await fetch(url.replace('webhooks', 'other'), { method: 'POST' })).status).toBe(404)
    expect(inbox.events).toEqual([])
  })
})

test.for([
  ['a secret', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is missing'],
  [
    'a framework that there is',
    { WEBHOOK_SECRET: secret, FRAMEWORK: 'koa' },
    'FRAMEWORK must be one of express',
  ],
] as const)('without %s it says so, and ends', ([, env, message]) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@leadhooks/source', join(import.meta.dirname, '../src/server.ts')],
    { env: { ...process.env, ...env }, encoding: 'utf8' },
  )
  expect([status, stderr.trim().split('\n').length]).toEqual([1, 1])
  expect(stderr).toContain(message)
})
