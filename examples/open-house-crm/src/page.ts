import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Router } from 'express'

export interface Page {
  script: string
  styles: string
}

/** Bundles the page. Here that happens at the start; a product of yours does it beforehand, with the bundler that it has. */
export async function buildPage(): Promise<Page> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/main.tsx', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    jsx: 'automatic',
    conditions: ['@leadhooks/source'],
    logOverride: { 'ignored-directive': 'silent' },
    write: false,
  })
  const styles = await readFile(fileURLToPath(import.meta.resolve('@leadhooks/react/styles.css')), 'utf8')
  return { script: outputFiles[0]?.text ?? '', styles }
}

/** Nothing may come from elsewhere, and no other site may frame it. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

export function pageRoutes({ script, styles }: Page): Router {
  const router = Router()
  router.get('/', (_req, res) => {
    res.set('content-security-policy', contentSecurityPolicy).type('html').send(html)
  })
  router.get('/page.js', (_req, res) => void res.type('js').send(script))
  router.get('/page.css', (_req, res) => void res.type('css').send(styles))
  return router
}

const html = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Open House CRM: settings</title>
  <link rel="stylesheet" href="/page.css">
  <script type="module" src="/page.js"></script>
</head>
<body><main id="root"></main></body>
</html>`
