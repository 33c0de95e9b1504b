import { createLeadhooks, defineEvents, type Leadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { openBrowser } from '@leadhooks/test-services/browser'
import type { BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import { bundlePage, type PageServer, startPageServer } from './page-server.ts'

export { focused, keepScreens, overflow, violations } from '@leadhooks/test-services/browser'

const events = defineEvents({
  'lead.created': {
    description: 'A lead came in',
    schema: z.object({ id: z.string(), name: z.string(), score: z.number() }),
    example: { id: 'lead_1', name: 'Ada Lovelace', score: 42 },
  },
  'lead.deleted': { schema: z.object({ id: z.string() }), example: { id: 'lead_1' } },
  'visit.scheduled': { schema: z.looseObject({}), example: { id: 'visit_1', at: '2026-05-04T10:00:00Z' } },
})

export interface OpenOptions {
  /** Props of the component, `theme` and `locale` among them. */
  props?: Record<string, string>
  /** @default 'admin' */
  role?: 'admin' | 'nobody' | 'signed_out'
  width?: number
  /** @default granted */
  isClipboardDenied?: boolean
}

/** A browser before a host that has components on its page. */
export interface Stage {
  leadhooks: Leadhooks
  server: PageServer
  open: (component: string, options?: OpenOptions) => Promise<Page>
  close(): Promise<void>
}

export async function openStage(reactVersion: 18 | 19 = 19): Promise<Stage> {
  const leadhooks = createLeadhooks({
    storage: sqliteStorage({ path: ':memory:' }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    events,
  }) as unknown as Leadhooks
  await leadhooks.migrate()
  const server = await startPageServer(leadhooks, await bundlePage(reactVersion))
  const browser = await openBrowser()
  const contexts: BrowserContext[] = []

  async function open(component: string, options: OpenOptions = {}): Promise<Page> {
    const { props = {}, role = 'admin', width = 1120, isClipboardDenied = false } = options
    const context = await browser.newContext({ viewport: { width, height: 820 }, reducedMotion: 'reduce' })
    contexts.push(context)
    if (!isClipboardDenied) await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await context.addCookies([{ name: 'role', value: role, url: server.origin }])
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    await page.goto(`${server.origin}/?${new URLSearchParams({ component, ...props }).toString()}`)
    return page
  }

  return {
    leadhooks,
    server,
    open,
    async close() {
      await Promise.all(contexts.map((context) => context.close()))
      await browser.close()
      await server.close()
      await leadhooks.close()
    },
  }
}
