import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import { createLeadhooks, defineEvents, type Leadhooks } from '@leadhooks/core'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import { sqliteStorage } from '@leadhooks/sqlite'
import { openBrowser } from '@leadhooks/test-services/browser'
import type { BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import { type AdminActor, type AdminOptions, leadhooksAdmin } from '../src/index.ts'

export const events = defineEvents({
  'lead.created': {
    description: 'A lead came in',
    schema: z.object({ id: z.string(), name: z.string(), score: z.number() }),
    example: { id: 'lead_1', name: 'Ada Lovelace', score: 42 },
  },
  'visit.scheduled': { schema: z.looseObject({}), example: { id: 'visit_1', at: '2026-05-04T10:00:00Z' } },
})

export async function openLeadhooks(storage = sqliteStorage({ path: ':memory:' })): Promise<Leadhooks> {
  const leadhooks = createLeadhooks({
    storage,
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    events,
  }) as unknown as Leadhooks
  await leadhooks.migrate()
  return leadhooks
}

const acme = { id: 'jane@acme.example', name: 'Jane Doe', organizationId: 'acme' }

/** Who comes, by their cookie. */
export const actors: Record<string, AdminActor> = {
  admin: { ...acme, capabilities: 'admin' },
  operator: { ...acme, capabilities: 'operator' },
  viewer: { ...acme, capabilities: 'viewer' },
  nobody: { ...acme, capabilities: [] },
  staff: { id: 'sam', name: 'Sam Staff', staff: true, capabilities: 'admin' },
}

export function actorOf(cookie: string | null | undefined): AdminActor | null {
  return actors[/role=(\w+)/.exec(cookie ?? '')?.[1] ?? ''] ?? null
}

export interface Host {
  origin: string
  close(): Promise<void>
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void

export async function listen(listener: Listener): Promise<Host> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** A proxy that cuts `prefix` off, and answers 404 for everything else. */
export function proxy(prefix: string, target: string): Promise<Host> {
  return listen((incoming, outgoing) => {
    const { url = '', method, headers } = incoming
    if (!url.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end()
      return
    }
    const passed = httpRequest(
      `${target}${url.slice(prefix.length)}`,
      { method, headers, setHost: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(passed)
  })
}

export interface Stage {
  leadhooks: Leadhooks
  origin: string
  /** Whether the server answers, or shuts the door. */
  outage: 'none' | 'gone'
  open: (path: string, options?: OpenOptions) => Promise<Page>
  /** What the browser has complained of, and requests that failed or went elsewhere. */
  complaints: string[]
  closePages(): Promise<void>
  close(): Promise<void>
}

export interface OpenOptions {
  /** @default 'admin' */
  role?: string
  width?: number
}

/** A browser before a host that has mounted the screens at its root. */
export async function openStage(options: Partial<AdminOptions> = {}): Promise<Stage> {
  const leadhooks = await openLeadhooks()
  const admin = leadhooksAdmin(leadhooks, {
    authorize: (request) => actorOf(request.headers.get('cookie')),
    ...options,
  })
  const host = await listen((incoming, outgoing) => {
    if (stage.outage === 'gone') incoming.socket.destroy()
    else void admin(toRequest(incoming, outgoing)).then((response) => sendResponse(response, outgoing))
  })
  const browser = await openBrowser()
  const contexts: BrowserContext[] = []

  const stage: Stage = {
    leadhooks,
    origin: host.origin,
    outage: 'none',
    complaints: [],
    async open(path, { role = 'admin', width = 1200 } = {}) {
      const context = await browser.newContext({ viewport: { width, height: 860 }, reducedMotion: 'reduce' })
      contexts.push(context)
      await context.addCookies([{ name: 'role', value: role, url: host.origin }])
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      watch(page, host.origin, stage.complaints)
      await page.goto(host.origin + path)
      return page
    },
    async closePages() {
      await Promise.all(contexts.splice(0).map((context) => context.close()))
    },
    async close() {
      await stage.closePages()
      await browser.close()
      await host.close()
      await leadhooks.close()
    },
  }
  return stage
}

/** Notes what a strict policy has blocked, what has failed, and what was asked of somebody else. */
export function watch(page: Page, origin: string, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`asked elsewhere: ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
}
