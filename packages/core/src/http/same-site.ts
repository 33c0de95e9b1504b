import { LeadhooksError } from '../errors.ts'

const safeMethods = new Set(['GET', 'HEAD'])

/**
 * Refuses what another site made a browser send. Browsers that have `Sec-Fetch-Site` cannot be made to lie in it; for
 * older ones, and plain-HTTP hosts where none sends it, `Origin` must name this host.
 */
export function checkSameSite(request: Request): void {
  if (safeMethods.has(request.method)) return
  const site = request.headers.get('sec-fetch-site')
  const isOwn = site === null ? isSameHost(request) : site === 'same-origin' || site === 'none'
  if (isOwn) return
  const message = 'Without an API key, what changes something must be requested from this site itself'
  throw new LeadhooksError('cross_site_request', message)
}

function isSameHost(request: Request): boolean {
  const origin = request.headers.get('origin')
  if (origin === null || !URL.canParse(origin)) return false
  // The host alone: behind a proxy that ends TLS, the scheme seen here is not the one that the browser used.
  return new URL(origin).host === new URL(request.url).host
}
