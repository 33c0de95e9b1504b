import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { testChromium } from '@leadhooks/test-services/vitest'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createLeadhooks, defineEvents, memoryStorage } from '../src/index.ts'
import { sendResponse, toRequest } from '../src/node-http.ts'

const leadhooks = createLeadhooks({
  storage: memoryStorage(),
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  events: defineEvents({ new_lead: { description: 'A lead came in', schema: z.object({ id: z.number() }) } }),
})

/** The API at `/a/v1`, behind a proxy that takes `/proxied` away. */
let server: Server
let browser: Browser
let origin: string
beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    incoming.url = incoming.url?.replace(/^\/proxied/, '') ?? ''
    void leadhooks
      .fetch(toRequest(incoming, outgoing), { basePath: '/a/v1' })
      .then((response) => sendResponse(response, outgoing))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  browser = await chromium.launch({
    executablePath: await testChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-component-update'],
  })
}, 300_000)
afterAll(async () => {
  await browser?.close()
  server?.close()
  server?.closeAllConnections()
  await leadhooks.close()
})

/** Opens a page, and fails at whatever it asks of another server. */
async function open(path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.origin !== origin) elsewhere.push(request.url())
  })
  await page.goto(`${origin}${path}`)
  return page
}

const elsewhere: string[] = []

test.each(['/a/v1/docs', '/a/v1/docs/', '/proxied/a/v1/docs'])(
  '%s shows every operation and lets it be tried',
  async (path) => {
    const page = await open(path)
    await page.getByText('/webhooks/{id}/rotate-secret').waitFor()
    await page.getByText('A lead came in').first().waitFor()
    const operation = page.locator('#operations-about-showApi')
    await operation.getByText('Name, version and links').click()
    await operation.getByRole('button', { name: 'Try it out' }).click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await operation.getByText('"name": "Leadhooks"').first().waitFor()
    expect(elsewhere).toEqual([])
  },
  90_000,
)

test.each(['/a/v1/redoc', '/proxied/a/v1/redoc/'])(
  '%s is there to be read',
  async (path) => {
    const page = await open(path)
    await page.getByRole('heading', { name: 'Give it another signing secret' }).first().waitFor()
    await page.getByRole('heading', { name: 'A lead came in' }).first().waitFor()
  },
  90_000,
)

test('no other file of a package is served', async () => {
  for (const path of ['package.json', 'index.html', '..%2fpackage.json', 'constructor', 'viewer.js/x']) {
    expect((await fetch(`${origin}/a/v1/docs/${path}`)).status, path).toBe(404)
  }
  expect((await fetch(`${origin}/a/v1/docs`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(`${origin}/a/v1/docs`, { method: 'HEAD' })).status).toBe(200)
})
