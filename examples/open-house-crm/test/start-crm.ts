import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import { readEnvironment } from '../src/environment.ts'
import type { Overrides } from '../src/leadhooks.ts'
import { type Crm, openCrm } from '../src/open-crm.ts'
import type { Page } from '../src/page.ts'

const answer = z.looseObject({
  success: z.boolean(),
  data: z.unknown().optional(),
  error: z.looseObject({ code: z.string() }).optional(),
})

/** One thing, or a list of them, as the CRM answers it. */
export const row = z.looseObject({ id: z.string().default('') })

export interface TestCrm {
  url: string
  crm: Crm
  /** Sends a request as the administrator of `acme` who is signed in, or with an API key, or (null) as nobody. */
  send: (
    method: string,
    path: string,
    body?: unknown,
    token?: string | null,
  ) => Promise<{ status: number; headers: Headers; body: z.output<typeof answer>; row: z.output<typeof row> }>
}

export const environment = {
  SESSION_SECRET: 'a secret that only tests know',
  LEADHOOKS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
}
export const ada = { email: 'ada@example.com', password: 'correct horse battery staple' }

/** The CRM on a database and a port of its own, with `ada` for its administrator, until the test is finished. */
export async function startCrm(
  overrides: Overrides = {},
  { page = { script: '', styles: '' }, ...more }: { page?: Page; REDIS_URL?: string } = {},
): Promise<TestCrm> {
  const DATABASE_URL = await (await testPostgres()).createDatabase()
  const settings = readEnvironment({ ...environment, ...more, DATABASE_URL })
  // Receivers of tests are on this machine.
  const network = { allowPrivateAddresses: true, allowHttp: true }
  const crm = openCrm(settings, { network, ...overrides })
  await crm.migrate()
  await crm.leadhooks.organizations.upsert({ id: 'acme' })
  await crm.users.create({ email: ada.email, organizationId: 'acme', isAdmin: true }, ada.password)
  const server = createServer(createApp(crm, { sessionSecret: settings.SESSION_SECRET, page }))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
    await crm.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const cookie = await signIn(url, ada)

  return {
    url,
    crm,
    async send(method, path, body, token) {
      const response = await fetch(url + path, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token === undefined && { cookie, 'sec-fetch-site': 'same-origin' }),
          ...(typeof token === 'string' && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const { status, headers } = response
      const content: unknown = await response.json().catch(() => undefined)
      const read = answer.catch({ success: response.ok, data: content }).parse(content)
      return { status, headers, body: read, row: row.catch({ id: '' }).parse(read.data) }
    },
  }
}

/** Signs somebody in, and answers the cookies of that. */
export async function signIn(url: string, credentials: { email: string; password: string }): Promise<string> {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  })
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

export async function openReceiver(
  ...[options]: Parameters<typeof startReceiver>
): Promise<ScriptedReceiver> {
  const receiver = await startReceiver(options)
  onTestFinished(async () => receiver.close())
  return receiver
}
