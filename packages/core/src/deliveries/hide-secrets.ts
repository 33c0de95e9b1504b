/** What is shorter says little, and would be hidden in words that have nothing to do with it. */
const shortestSecret = 6
const hidden = '(hidden)'

/** How a receiver may write what it was sent: as it is, in JSON, a URL, a form, or a page that tells of an error. */
const spellings: readonly ((value: string) => string)[] = [
  (value) => value,
  inJson,
  (value) => inJson(value).replaceAll('/', '\\/'),
  (value) => asciiOnly(inJson(value)),
  // PHP does both.
  (value) => asciiOnly(inJson(value).replaceAll('/', '\\/')),
  encodeURIComponent,
  (value) => encodeURIComponent(value).replaceAll('%20', '+'),
  (value) => inHtml(value, '&#39;'),
  (value) => inHtml(value, '&#x27;'),
  (value) => inHtml(value, '&#039;'),
]

/** The ways in which a receiver that echoes its request may show these values, the longest first: one may be part of another. */
export function secretTexts(values: readonly string[]): string[] {
  const secrets = values.filter(({ length }) => length >= shortestSecret)
  const texts = secrets.flatMap((value) => spellings.map((spell) => spell(value)))
  return [...new Set(texts)].sort((a, b) => b.length - a.length)
}

/** What a receiver answered, fit for everybody who may read it: credentials are shown to nobody again. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const shown = secrets.reduce((rest, secret) => rest.replaceAll(secret, hidden), text)
  const tail = Math.max(0, ...secrets.map((secret) => cutLength(shown, secret)))
  return tail === 0 ? shown : shown.slice(0, -tail) + hidden
}

/** How much of a secret a text ends with: answers are cut off somewhere. */
function cutLength(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= shortestSecret; length--)
    if (text.endsWith(secret.slice(0, length))) return length
  return 0
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function asciiOnly(text: string): string {
  return text.replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function inHtml(value: string, apostrophe: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", apostrophe)
}
