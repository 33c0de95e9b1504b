import { once } from 'node:events'
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import type { CrmLeadhooks, Overrides } from '../src/leadhooks.ts'
import { type Environment, openCrm } from '../src/open-crm.ts'
import { listen } from '../src/quickstart/ports.ts'
import { encryptionKey } from './each-database.ts'

export const adminPassword = 'a password of the staff'

/** What of the answers is looked at. */
const answer = z.looseObject({
  id: z.string().default(''),
  code: z.string().optional(),
  data: z.array(z.unknown()).optional(),
  errors: z.array(z.object({ pointer: z.string() })).optional(),
})

export interface TestCrm {
  url: string
  leadhooks: CrmLeadhooks
  /** Sends a request with a key of the organization `acme`, or another, or (null) none. */
  send: (
    method: string,
    path: string,
    body?: unknown,
    options?: { token?: string | null; contentType?: string },
  ) => Promise<{ status: number; headers: Headers; body: z.output<typeof answer> }>
}

/** The CRM on a port of its own, without a worker, until the test is finished. */
export async function startCrm(environment: Environment, overrides?: Overrides): Promise<TestCrm> {
  const crm = openCrm({ ...environment, LEADHOOKS_ENCRYPTION_KEY: encryptionKey }, overrides)
  await crm.migrate()
  const { leadhooks } = crm
  const key = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'Test', role: 'admin' })
  const server = createServer(createApp(crm, { adminPassword }))
  const url = await listen(server, 0, () => {})
  onTestFinished(async () => {
    server.close()
    await once(server, 'close')
    await crm.close()
  })

  return {
    url,
    leadhooks,
    async send(method, path, body, { token = key.token, contentType = 'application/json' } = {}) {
      const response = await fetch(url + path, {
        method,
        headers: { ...(token !== null && { authorization: `Bearer ${token}` }), 'content-type': contentType },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const { status, headers } = response
      return { status, headers, body: answer.parse(status === 204 ? {} : await response.json()) }
    },
  }
}
