import type { MessageKey } from '../messages/translate.ts'

const inside =
  /^(localhost|.*\.(localhost|local|internal)|0\.0\.0\.0|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|169\.254\..*|\[(::1?|f[cd].*|fe80.*)\])$/

/** What is likely to be wrong with a URL, while it is typed. What counts is what the API says: it asks for the address. */
export function urlDoubt(text: string, others: readonly string[]): MessageKey | undefined {
  if (text.trim() === '') return undefined
  if (!URL.canParse(text)) return 'webhooks.url_invalid'
  const url = new URL(text)
  if (!['https:', 'http:'].includes(url.protocol)) return 'webhooks.url_invalid'
  if (url.username !== '') return 'webhooks.url_credentials'
  if (inside.test(url.hostname)) return 'webhooks.url_inside'
  if (url.protocol === 'http:') return 'webhooks.url_http'
  return others.some((other) => URL.canParse(other) && new URL(other).href === url.href)
    ? 'webhooks.url_twice'
    : undefined
}
