/** The longest that a request to a channel may take. */
const timeoutMs = 10_000

/** Posts JSON to a URL of the host's own. What is wrong is said without the URL, which may hold a secret. */
export async function postAlert(
  url: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`The channel for alerts answered ${response.status}`)
}
