import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { join } from 'node:path'
import { serve as serveHono } from '@hono/node-server'
import { httpConformance, type HttpHost, type HttpHostOptions } from '@leadhooks/core/conformance'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

async function hostOf(server: Server): Promise<HttpHost> {
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function optionsFor({ mount, authorize }: HttpHostOptions) {
  return { basePath: mount === '/' ? '' : mount, ...(authorize && { authorize }) }
}

describe('leadhooks.fetch in a server of node:http', () => {
  const serve = async (options: HttpHostOptions): Promise<HttpHost> => {
    const { leadhooks, parsesJson } = options
    const { basePath, ...rest } = optionsFor(options)
    const answer = async (...[incoming, outgoing]: Parameters<RequestListener>): Promise<void> => {
      if (parsesJson) await parseJson(incoming)
      const [path = ''] = (incoming.url ?? '').split('?')
      const isInside = path === basePath || path.startsWith(`${basePath}/`)
      if (isInside && leadhooks.hasRoute(path.slice(basePath.length))) {
        const response = await leadhooks.fetch(toRequest(incoming, outgoing), { basePath, ...rest })
        await sendResponse(response, outgoing)
      } else {
        outgoing.writeHead(418).end('host')
      }
    }
    const server = createServer((incoming, outgoing) => {
      answer(incoming, outgoing).catch(() => outgoing.destroy())
    })
    return hostOf(server.listen(0, '127.0.0.1'))
  }

  for (const { name, run } of httpConformance) test(name, () => run(serve))
})

/** As `express.json()` does. */
async function parseJson(incoming: Parameters<RequestListener>[0] & { body?: unknown }): Promise<void> {
  if (incoming.headers['content-type'] !== 'application/json') return
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  incoming.body = JSON.parse(Buffer.concat(chunks).toString())
}

describe('leadhooks.fetch in Hono', () => {
  const serve = (options: HttpHostOptions): Promise<HttpHost> => {
    const { basePath, ...rest } = optionsFor(options)
    const app = new Hono()
    app.use(`${basePath}/*`, async ({ req }, next) => {
      const path = new URL(req.url).pathname.slice(basePath.length)
      if (options.leadhooks.hasRoute(path)) return options.leadhooks.fetch(req.raw, { basePath, ...rest })
      await next()
      return undefined
    })
    app.notFound((c) => c.text('host', 418))
    return hostOf(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
  }

  for (const { name, run } of httpConformance) test(name, () => run(serve))
})

describe('the examples of docs/frameworks.md', () => {
  const root = join(import.meta.dirname, '../../..')
  const docs = readFileSync(join(root, 'docs/frameworks.md'), 'utf8')
  const [hono = '', next = ''] = [...docs.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
  const own = `
import { createLeadhooks, memoryStorage } from '@leadhooks/core'
export const leadhooks = createLeadhooks({
  storage: memoryStorage(),
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  rateLimits: { perKey: [{ name: 'hourly', limit: 1000, windowMs: 3_600_000 }] },
})
`
  let directory = ''
  beforeAll(() => {
    // Where their packages resolve.
    directory = mkdtempSync(join(import.meta.dirname, '../readme-'))
    const tsconfig = { extends: '../../../tsconfig.json', include: ['*.ts'] }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(tsconfig))
    writeFileSync(join(directory, 'leadhooks.ts'), own)
    writeFileSync(join(directory, 'hono.ts'), hono.replace('port: 3000', "port: 0, hostname: '127.0.0.1'"))
    writeFileSync(join(directory, 'route.ts'), next)
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  test('are typed', { timeout: 60_000 }, () => {
    const tsc = join(root, 'node_modules/@typescript/native/bin/tsc')
    const { stdout, status } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', directory], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  test('Hono: the API is served, and a guarded route shows how the limits of its key stand', async () => {
    const { leadhooks } = await import(join(directory, 'leadhooks.ts'))
    const { server } = await import(join(directory, 'hono.ts'))
    const host = await hostOf(server)
    onTestFinished(() => host.close())
    const { token } = await leadhooks.apiKeys.create({
      organizationId: 'acme',
      name: 'x',
      allowedIps: ['127.0.0.1'],
    })
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${host.origin}/api/v1/webhooks`, { headers })).status).toBe(200)
    expect((await fetch(`${host.origin}/api/v1/webhooks`)).status).toBe(401)

    const contacts = await fetch(`${host.origin}/contacts`, { headers })
    expect([contacts.status, await contacts.json()]).toEqual([200, { organization: 'acme' }])
    expect(contacts.headers.get('x-ratelimit-remaining')).toMatch(/^99\d$/)
    expect((await fetch(`${host.origin}/contacts`)).status).toBe(401)
  })

  test('Next.js: its methods are those of the API', async () => {
    const { leadhooks } = await import(join(directory, 'leadhooks.ts'))
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
    const route = await import(join(directory, 'route.ts'))
    const request = new Request('https://crm.example/api/v1/webhooks', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"url":"https://example.com/hooks"}',
    })
    expect((await route.POST(request)).status).toBe(201)
    expect((await route.GET(new Request('https://crm.example/api/v1/webhooks'))).status).toBe(401)
  })
})
