import type { Webhook } from '@leadhooks/client'

/** The webhooks that are told of an event type: those that name it, its group (`lead.*`), or nothing, which is all. */
export function subscribersOf<Row extends Pick<Webhook, 'eventTypes'>>(
  name: string,
  webhooks: readonly Row[],
): Row[] {
  return webhooks.filter(
    ({ eventTypes }) => eventTypes.length === 0 || eventTypes.some((pattern) => covers(pattern, name)),
  )
}

function covers(pattern: string, name: string): boolean {
  return pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)))
}

/** What a receiver does with an event of a type. */
export function receiverSnippet(name: string): string {
  return `import { verifyWebhook } from '@leadhooks/verify-signature/express'

app.post('/webhooks', verifyWebhook({ secret: process.env.WEBHOOK_SECRET }), (req, res) => {
  if (req.webhook.event === ${JSON.stringify(name)}) {
    console.log(req.webhook.data)
  }
  res.sendStatus(204)
})`
}
