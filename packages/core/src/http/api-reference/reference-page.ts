import { answerHeaders } from '../problem.ts'
import type { Viewer } from './viewers.ts'

// The viewers write styles into their page. Scripts, data and pictures come from the host alone.
const contentSecurityPolicy = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

/**
 * All links are relative, so that the page works behind a proxy that strips a prefix: `folder` is what leads from the
 * address of the page to its files, and is empty where that ends in a slash.
 */
export function referencePage({ title, files }: Viewer, folder: string): Response {
  const style = 'viewer.css' in files ? `<link rel="stylesheet" href="${folder}viewer.css">` : ''
  const openapi = folder === '' ? '../openapi.json' : 'openapi.json'
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
${style}
<style>body { margin: 0 }</style>
</head>
<body>
<div id="reference"></div>
<script src="${folder}viewer.js"></script>
<script src="${folder}start.js" data-openapi="${openapi}"></script>
</body>
</html>
`
  return new Response(html, {
    headers: {
      ...answerHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'referrer-policy': 'no-referrer',
    },
  })
}
