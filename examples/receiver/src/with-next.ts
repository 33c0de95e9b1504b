import { verifyWebhook } from '@leadhooks/verify-signature/fetch'
import type { ReceiverOptions } from './receiver.ts'

/** `app/webhooks/route.ts` of the app router: `export const { POST, runtime } = nextReceiver({ … })`. */
export function nextReceiver({ secret, inbox }: ReceiverOptions) {
  const POST = verifyWebhook({ secret: [...secret] }, async (event) => {
    inbox.take(event)
    return new Response(null, { status: 204 })
  })
  return { POST, runtime: 'nodejs' } as const
}
