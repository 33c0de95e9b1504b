/** What is shorter says little, and would be hidden in words that have nothing to do with it. */
const shortestSecret = 6

/** The ways in which a receiver that echoes its request may show these values. */
export function secretTexts(values: readonly string[]): string[] {
  const secrets = values.filter(({ length }) => length >= shortestSecret)
  return [...new Set(secrets.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))]
}

/** What a receiver answered, fit for everybody who may read it: credentials are shown to nobody again. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text)
}
