import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { FetchOptions, Leadhooks } from '@leadhooks/core'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import { build } from 'esbuild'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The page with all components, as a bundler of a host would make it. */
export async function bundlePage(reactVersion: 18 | 19): Promise<string> {
  const alias = { react: 'react-18', 'react-dom': 'react-dom-18' }
  const { outputFiles } = await build({
    // Where the other React is found from.
    absWorkingDir: here('..'),
    entryPoints: ['test/page/main.tsx'],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    conditions: ['@leadhooks/source'],
    define: { 'process.env.NODE_ENV': '"development"' },
    logOverride: { 'ignored-directive': 'silent' },
    write: false,
    ...(reactVersion === 18 && { alias }),
  })
  return outputFiles[0]?.text ?? ''
}

export interface PageServer {
  origin: string
  /** What the API answers in place of itself; undefined for itself. */
  break(answer: { status: number } | 'hang' | undefined): void
  /** Requests to the API that changed something: `POST /api/v1/keys`. */
  changes: string[]
  close(): Promise<void>
}

/** Nothing may come from elsewhere, and nothing from within the page. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'"

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Settings</title>
<link rel="stylesheet" href="/page.css">
<link rel="stylesheet" href="/styles.css">
<script type="module" src="/main.js"></script>
</head>
<body><main><h1>Settings</h1><div id="root"></div></main></body>
</html>`

const pageStyles = `
:root { color-scheme: light dark }
body { margin: 0; padding: 16px; background: light-dark(#eef0f3, #0c0e11); font-family: system-ui, sans-serif }
h1 { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
main { max-inline-size: 1080px; margin: auto }
`

/** A host: a page with components, the management API, and a user who is signed in by a cookie. */
export async function startPageServer(leadhooks: Leadhooks, script: string): Promise<PageServer> {
  let broken: { status: number } | 'hang' | undefined
  const changes: string[] = []
  const styles = await readFile(here('../styles.css'), 'utf8')
  const files: Record<string, [type: string, text: string]> = {
    '/main.js': ['text/javascript', script],
    '/styles.css': ['text/css', styles],
    '/page.css': ['text/css', pageStyles],
  }

  function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = (incoming.url ?? '/').replace(/\?.*/, '')
    if (path.startsWith('/api/v1')) return answerApi(incoming, outgoing)
    const [type, text] = files[path] ?? ['text/html', page]
    const headers = { 'content-type': type, 'content-security-policy': contentSecurityPolicy }
    outgoing.writeHead(200, headers).end(text)
  }

  function answerApi(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (incoming.method !== 'GET') changes.push(`${incoming.method} ${incoming.url}`)
    if (broken === 'hang') return
    if (broken !== undefined) return void outgoing.writeHead(broken.status).end()
    void leadhooks
      .fetch(toRequest(incoming, outgoing), { basePath: '/api/v1', authorize })
      .then((response) => sendResponse(response, outgoing))
  }

  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    break: (answer) => (broken = answer),
    changes,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

const permissions: Record<string, string[]> = { admin: ['*'], nobody: ['read:organization'] }

const authorize: NonNullable<FetchOptions['authorize']> = ({ headers }) => {
  const role = /role=(\w+)/.exec(headers.get('cookie') ?? '')?.[1] ?? ''
  const granted = permissions[role]
  return granted ? { actor: 'jane', organizationId: 'acme', permissions: granted } : null
}
