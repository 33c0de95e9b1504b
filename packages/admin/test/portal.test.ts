import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leadhooksAdmin, portalSessions } from '../src/index.ts'
import { openStage, type Stage } from './stage.ts'

const actor = { id: 'joe', name: 'Joe Portal', organizationId: 'acme', capabilities: 'viewer' } as const
const portal = portalSessions()
let stage: Stage
beforeAll(async () => {
  stage = await openStage({ authorize: () => null, portal })
})
afterAll(() => stage.close())

function post(code: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${stage.origin}/-/session`, {
    method: 'POST',
    body: code,
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
  })
}

test('a code in the address opens the screens, once, and is gone from there', async () => {
  const code = portal.createCode(actor)
  const page = await stage.open(`/#code=${code}`, { role: 'stranger' })
  await page.getByText('Joe Portal').waitFor()
  expect(page.url()).toBe(`${stage.origin}/#/`)
  expect(await page.evaluate('document.cookie')).not.toContain('portal')
  await page.reload()
  await page.getByText('Joe Portal').waitFor()
  expect(stage.complaints).toEqual([])
  const other = await stage.open(`/#code=${code}`, { role: 'stranger' })
  await other.getByText('You are signed out').waitFor()
  expect((await fetch(`${stage.origin}/-/api/webhooks`)).status).toBe(401)
})

test('of what is sent in place of a code no more is read than a code has', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1024
      controller.enqueue(new Uint8Array(1024))
    },
  })
  const admin = leadhooksAdmin(stage.leadhooks, { authorize: () => null, portal })
  const request = new Request('https://crm.example/-/session', {
    method: 'POST',
    body: endless,
    headers: { 'sec-fetch-site': 'same-origin' },
    duplex: 'half',
  })
  expect((await admin(request)).status).toBe(401)
  expect(sent).toBeLessThan(16_384)
})

test('a code opens a session by a cookie that scripts and other sites have no part in', async () => {
  const opened = await post(portal.createCode(actor))
  expect(opened.status).toBe(204)
  const cookie = opened.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^leadhooks-portal=[\w-]{43}; Max-Age=3600; HttpOnly; SameSite=Strict$/)
  const [value = ''] = cookie.split(';')
  const read = await fetch(`${stage.origin}/-/api/webhooks`, { headers: { cookie: value } })
  expect(read.status).toBe(200)
  const write = await fetch(`${stage.origin}/-/api/keys`, {
    method: 'POST',
    headers: { cookie: value, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    body: '{"name":"k"}',
  })
  expect(write.status).toBe(403)
})

test('another site can make a browser use no code', async () => {
  const code = portal.createCode(actor)
  expect((await post(code, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await post(code)).status).toBe(204)
})

test.each(['', 'made-up', 'x'.repeat(100_000)])('what is no code opens nothing', async (code) => {
  const answer = await post(code)
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null])
})

describe('by the clock', () => {
  test('a code is good for a minute, a session for an hour, unless told', () => {
    let now = 0
    const sessions = portalSessions({ now: () => now })
    const late = sessions.createCode(actor)
    now = 60_000
    expect(sessions.redeem(late)).toBeNull()
    const { token = '' } = sessions.redeem(sessions.createCode(actor)) ?? {}
    now += 3_599_999
    expect(sessions.actorOf(token)).toEqual(actor)
    now += 1
    expect(sessions.actorOf(token)).toBeNull()
  })

  test.each([{ sessionSeconds: 86_401 }, { sessionSeconds: 0 }, { codeSeconds: 3601 }, { codeSeconds: 1.5 }])(
    'none lasts longer than a day: %o',
    (options) => {
      expect(() => portalSessions(options)).toThrow(/portalSessions: /)
    },
  )
})
