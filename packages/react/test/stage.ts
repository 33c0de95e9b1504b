import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createLeadhooks, defineEvents, type Leadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { testChromium } from '@leadhooks/test-services/vitest'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import { bundlePage, type PageServer, startPageServer } from './page-server.ts'

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
  const browser = await chromium.launch({
    executablePath: await testChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-component-update'],
  })
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

const askAxe = `(async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await axe.run({ runOnly: tags })
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => id + ': ' + help + ': ' + html.slice(0, 200)))
})()`

/** What axe has against the page, in both themes; empty for nothing. */
export async function violations(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(axe)
    found.push(...(await page.evaluate<string[]>(askAxe)))
  }
  return found
}

/** What has the keyboard, by what it says. */
export function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement?.textContent')
}

/** By how much a page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth')
}

/** Keeps pictures of a page in both themes, where `LEADHOOKS_SCREENS` names a folder. */
export async function keepScreens(page: Page, name: string): Promise<void> {
  const folder = process.env['LEADHOOKS_SCREENS']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
  }
}
