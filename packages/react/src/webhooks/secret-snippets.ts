import type { Snippet } from '../parts/secret-dialog.tsx'

/** How a receiver checks what it gets. The secret itself belongs into its environment. */
export const secretSnippets: readonly Snippet[] = [
  {
    language: 'Node.js',
    code: `import { verifySignature } from '@leadhooks/verify-signature'

app.post('/webhooks', express.raw({ type: '*/*' }), (req, res) => {
  const event = verifySignature({
    payload: req.body,
    headers: req.headers,
    secret: process.env.WEBHOOK_SECRET,
  })
  res.sendStatus(204)
})`,
  },
  {
    language: 'Python',
    code: `import os
from standardwebhooks import Webhook

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
event = webhook.verify(request.data, request.headers)`,
  },
  {
    language: 'PHP',
    code: `$webhook = new \\StandardWebhooks\\Webhook(getenv('WEBHOOK_SECRET'));
$event = $webhook->verify($body, $headers);`,
  },
]
