import type { AddressInfo } from 'node:net'
import type { LeadhooksOptions } from '@leadhooks/core'
import { type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { testPostgres, testRedis } from '@leadhooks/test-services/vitest'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import { readEnvironment } from '../src/environment.ts'
import { openPlatform, type Platform } from '../src/open-platform.ts'

const answer = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  data: z.array(z.looseObject({ id: z.string().optional() })).optional(),
  error: z.looseObject({ code: z.string() }).optional(),
})

export interface TestPlatform {
  url: string
  platform: Platform
  send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; headers: Headers; body: z.output<typeof answer> }>
}

export const secrets = {
  SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
  LEADHOOKS_ENCRYPTION_KEY: Buffer.alloc(32, 2).toString('base64'),
}

/** What a platform runs on: a database of its own, and the Redis of all tests. */
export async function makeServices(): Promise<{ DATABASE_URL: string; REDIS_URL: string }> {
  return { DATABASE_URL: await (await testPostgres()).createDatabase(), REDIS_URL: (await testRedis()).url }
}

/** The API on a port of its own, until the test is finished. It sends nothing, unless the test starts a worker. */
export async function startPlatform(
  overrides: Partial<LeadhooksOptions> = {},
  { adminToken, services }: { adminToken?: string; services?: Awaited<ReturnType<typeof makeServices>> } = {},
): Promise<TestPlatform> {
  const environment = readEnvironment({ ...secrets, ...(services ?? (await makeServices())) })
  // Receivers of tests are on this machine.
  const network = { allowPrivateAddresses: true, allowHttp: true }
  const platform = openPlatform(environment, { network, ...overrides })
  await platform.migrate()
  const app = await createApp(platform, { adminToken, logger: false })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    app.server.closeAllConnections()
    await app.close()
    await platform.close()
  })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return {
    url,
    platform,
    async send(method, path, body, headers = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const { status } = response
      const content: unknown = status === 204 ? {} : await response.json()
      return { status, headers: response.headers, body: answer.parse(content) }
    },
  }
}

export const company = { name: 'My Company', email: 'webhooks@mycompany.com', rate_limit: 100 }

export interface TestTenant {
  id: number
  key: { 'x-api-key': string }
  secret: string
}

export async function registerTenant({ send }: TestPlatform, settings: object = {}): Promise<TestTenant> {
  const { status, body } = await send('POST', '/api/v1/tenants', { ...company, ...settings })
  if (status !== 201) throw new Error(JSON.stringify(body))
  const { id, api_key, secret_key } = z
    .object({ id: z.number(), api_key: z.string(), secret_key: z.string() })
    .parse(body)
  return { id, key: { 'x-api-key': api_key }, secret: secret_key }
}

export async function openReceiver(
  ...[options]: Parameters<typeof startReceiver>
): Promise<ScriptedReceiver> {
  const receiver = await startReceiver(options)
  onTestFinished(async () => receiver.close())
  return receiver
}
