import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { type Dispatcher, request } from 'undici'

export interface SignedPost {
  url: string
  eventId: string
  body: string
}

export interface PostResult {
  startedAt: Date
  durationMs: number
  statusCode: number
  answer: string
}

const key = createSecretKey(randomBytes(32))

/** What a team writes by hand to deliver a webhook: the signature of Standard Webhooks, a deadline, the answer read. */
export async function postSigned(agent: Dispatcher, { url, eventId, body }: SignedPost): Promise<PostResult> {
  const startedAt = new Date()
  const start = performance.now()
  const timestamp = Math.floor(startedAt.getTime() / 1000)
  const signature = createHmac('sha256', key).update(`${eventId}.${timestamp}.${body}`).digest('base64')
  const response = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(15_000),
  })
  const answer = await response.body.text()
  return { startedAt, durationMs: performance.now() - start, statusCode: response.statusCode, answer }
}
