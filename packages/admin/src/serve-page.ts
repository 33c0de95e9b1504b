import { loadAssets } from './assets.ts'
import type { CheckedSettings } from './options.ts'

/** The page, the same for everybody: it asks by itself who is there. */
export async function servePage(): Promise<Response> {
  const { page } = await loadAssets()
  return html(200, page)
}

/** Who is not let in is told so, or sent to where they can sign in. */
export function turnAway({ signInUrl }: Pick<CheckedSettings, 'signInUrl'>): Response {
  return signInUrl === undefined ? html(403, refusal) : redirect(signInUrl)
}

export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location, 'cache-control': 'no-store' } })
}

const refusal = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Not signed in</title>
</head>
<body>
<main>
<h1>You may not see this</h1>
<p>Sign in, or ask an administrator of your organization. Then load this page again.</p>
</main>
</body>
</html>
`

function html(status: number, text: string): Response {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
  return new Response(text, { status, headers })
}
