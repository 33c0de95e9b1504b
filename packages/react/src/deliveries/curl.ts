/** A command that posts a body to a URL as it was sent. The signature is not in it: whoever runs this has no secret. */
export function toCurl(
  url: string,
  eventId: string,
  { contentType, body }: { contentType: string | null; body: string },
): string {
  return [
    `curl -X POST ${quote(url)}`,
    `  -H ${quote(`content-type: ${contentType ?? 'application/json'}`)}`,
    `  -H ${quote(`webhook-id: ${eventId}`)}`,
    `  -H 'webhook-signature: v1,…'`,
    `  -d ${quote(body)}`,
  ].join(' \\\n')
}

/** For a POSIX shell, in which nothing within single quotes means anything. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
