import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLeadhooks, type Leadhooks, memoryStorage } from '@leadhooks/core'
import { testProgram } from '@leadhooks/test-services/vitest'
import compression from 'compression'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { listen, versions } from '../test/listen.ts'
import { leadhooksExpress } from './leadhooks-express.ts'

const organizationId = 'acme'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

let program = ''
beforeAll(async () => {
  program = await testProgram('nginx', 'nginx-light')
}, 180_000)

/** A real nginx with the settings of its package: it buffers, and it packs everything. */
async function startNginx(target: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'leadhooks-nginx-'))
  const port = await freePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  for (const name of paths) mkdirSync(join(folder, name))
  const temporary = paths.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
    events {}
    http { access_log off; ${temporary} gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any;
      server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; proxy_http_version 1.1; } } }`,
  )
  const nginx = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
  onTestFinished(async () => {
    nginx.kill()
    if (nginx.exitCode === null) await once(nginx, 'exit')
    rmSync(folder, { recursive: true })
  })
  const origin = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 100; tries++) {
    const response = await fetch(`${origin}/api/health/live`).catch(() => undefined)
    if (response?.ok === true) return origin
    await sleep(50)
  }
  throw new Error('nginx does not answer')
}

interface Api {
  origin: string
  leadhooks: Leadhooks
  token: string
}

async function startApi(express: (typeof versions)[number]['express']): Promise<Api> {
  const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
  const leadhooks = createLeadhooks({ storage: memoryStorage(), encryptionKeys })
  const app = express()
  app.use(compression({ threshold: 0 }))
  app.use('/api', leadhooksExpress(leadhooks))
  const host = await listen(app)
  onTestFinished(async () => {
    await leadhooks.close()
    await host.close()
  })
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'admin' })
  return { origin: host.origin, leadhooks, token }
}

/** Reads until what came so far matches. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, expected: RegExp): Promise<string> {
  let text = ''
  while (!expected.test(text)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`The stream has ended after: ${text}`)
    text += Buffer.from(value).toString()
  }
  return text
}

describe.each(versions)('a live stream by Express $version', ({ express }) => {
  test(
    'comes at once, event by event, through what packs answers and through nginx',
    { timeout: 30_000 },
    async () => {
      const { origin, leadhooks, token } = await startApi(express)
      const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' }
      const { webhook } = await leadhooks.webhooks.create({
        organizationId,
        url: 'https://example.com/hooks',
      })
      for (const at of [origin, await startNginx(origin)]) {
        const response = await fetch(`${at}/api/deliveries/stream`, { headers })
        expect(response.status).toBe(200)
        // nginx packs what it is told to, and passes on each event all the same.
        if (at === origin) expect(response.headers.get('content-encoding')).toBe(null)
        expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
        const reader = (response.body as ReadableStream<Uint8Array>).getReader()
        await readUntil(reader, /event: ready\nid: \d+-\d+\n/)
        await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
        const { data } = await leadhooks.deliveries.list({ organizationId, limit: 1 })
        await leadhooks.deliveries.cancel({ organizationId, id: data[0]?.id ?? '' })
        const text = await readUntil(reader, /event: delivery\n.*\ndata: .*\n\n/)
        expect(text).toContain(`"webhookId":"${webhook.id}"`)
        expect(text).toContain('"status":"cancelled"')
        await reader.cancel()
      }
      const refused = await fetch(`${origin}/api/deliveries/stream`, {
        headers: { ...headers, 'last-event-id': 'x' },
      })
      expect([refused.status, await refused.json()]).toMatchObject([400, { code: 'invalid_request' }])
      const unknown = await fetch(`${origin}/api/deliveries/stream?colour=red`, { headers })
      expect([unknown.status, await unknown.json()]).toMatchObject([400, { code: 'invalid_request' }])
    },
  )
})
