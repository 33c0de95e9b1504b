import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { makeProject, type Project, type Running } from './project.ts'

const config = `
import { createLeadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
const leadhooks = createLeadhooks({
  storage: sqliteStorage({ path: 'crm.db' }),
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
})
await leadhooks.migrate()
export default leadhooks
`

async function open(
  project: Project,
  ...args: string[]
): Promise<{ running: Running; origin: string; code: string }> {
  const running = project.start('studio', '--port', '0', ...args)
  const [chunk] = (await once(running.process.stdout ?? running.process, 'data')) as [Buffer]
  const [, origin = '', code = ''] = /^(\S+)\/#code=([\w-]{43})\n/.exec(chunk.toString()) ?? []
  return { running, origin, code }
}

const own = { 'sec-fetch-site': 'same-origin' }

async function enter(origin: string, code: string): Promise<Record<string, string>> {
  const opened = await fetch(`${origin}/-/session`, { method: 'POST', body: code, headers: own })
  expect(opened.status).toBe(204)
  const [cookie = ''] = opened.headers.get('set-cookie')?.split(';') ?? []
  return { cookie, 'leadhooks-organization': 'acme', 'content-type': 'application/json', ...own }
}

const create = { method: 'POST', body: JSON.stringify({ name: 'k' }) }

test('it lets in who has the address that it prints, once, and only shows', async () => {
  const { running, origin, code } = await open(makeProject({ 'leadhooks.config.mjs': config }))
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(`${origin}/-/api/organizations`)).status).toBe(401)
  const headers = await enter(origin, code)
  expect((await fetch(`${origin}/-/session`, { method: 'POST', body: code, headers: own })).status).toBe(401)
  expect((await fetch(`${origin}/-/api/keys`, { headers })).status).toBe(200)
  expect((await fetch(`${origin}/-/api/keys`, { headers, ...create })).status).toBe(403)
  const page = await (await fetch(`${origin}/`)).text()
  expect(page).toContain('./-/assets/')
  running.process.kill('SIGTERM')
  expect((await running.ended).exitCode).toBe(0)
})

test('with --write things can be changed; a name of somebody else that leads here is not answered', async () => {
  const { running, origin, code } = await open(makeProject({ 'leadhooks.config.mjs': config }), '--write')
  const headers = await enter(origin, code)
  expect((await fetch(`${origin}/-/api/keys`, { headers, ...create })).status).toBe(201)
  const asked = request(`${origin}/-/session`, { headers: { host: 'rebound.example' } }).end()
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number }]
  expect(answer.statusCode).toBe(421)
  running.process.kill('SIGTERM')
  expect((await running.ended).exitCode).toBe(0)
})

test('a port that is none is refused before anything is loaded', async () => {
  const { exitCode, stderr } = await makeProject({}).leadhooks('studio', '--port', 'http')
  expect([exitCode, stderr]).toEqual([2, '--port must be a number from 0 to 65535, got "http"\n'])
})
