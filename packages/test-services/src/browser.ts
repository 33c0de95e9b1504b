import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { testChromium } from './vitest.ts'

/** Starts the Chromium of this test run. `args`: more of its own options. */
export async function openBrowser(args: readonly string[] = []): Promise<Browser> {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-component-update']
  return chromium.launch({
    executablePath: await testChromium(),
    args: ['--no-sandbox', '--disable-gpu', ...quiet, ...args],
  })
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
