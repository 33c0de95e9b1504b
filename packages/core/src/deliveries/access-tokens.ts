import { z } from 'zod'
import type { Context } from '../context.ts'
import type { OAuth2 } from '../webhooks/webhook-input.ts'
import { type OutgoingRequest, type SendFailure, sendRequest, type SendResult } from './send-request.ts'
import { userAgent } from './user-agent.ts'

/** The access tokens of one webhook (RFC 6749, 4.4). */
export interface AccessTokens {
  /** One that is still good, or why there is none. Never rejects. Whoever asks while one is fetched waits for that one. */
  get(timeoutMs: number, signal?: AbortSignal): Promise<AccessToken | SendFailure>
  /** It was refused: the next one who asks gets another. */
  forget(token: string): void
}

export interface AccessToken {
  kind: 'token'
  token: string
  /** Whether it is from before: its server may have ended it meanwhile. */
  isKept: boolean
}

type Fetched = AccessToken & { goodUntil: number }

/** How long a token counts whose server does not say. */
const unsaidSeconds = 300
/** So long before its end a token is not used any more, or a tenth of its life where that is less. */
const marginMs = 30_000
/** Tokens that describe their bearer grow long. */
const mostBytesOfAnswer = 16_384

const answer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce
    .number()
    .positive()
    .catch(unsaidSeconds)
    .transform((seconds) => Math.min(seconds, 86_400)),
})

/** Fetches a token when one is needed, and keeps it until shortly before it ends. */
export function createAccessTokens(ctx: Context, credentials: OAuth2): AccessTokens {
  let kept: Fetched | null = null
  let fetching: Promise<Fetched | SendFailure> | null = null

  async function fetchOne(timeoutMs: number, signal?: AbortSignal): Promise<Fetched | SendFailure> {
    const request = tokenRequest(credentials, timeoutMs)
    const result = await sendRequest(ctx.agent, ctx.clock, request, signal)
    const fetched = readToken(result, ctx.clock.now())
    kept = fetched.kind === 'token' ? fetched : null
    fetching = null
    return fetched
  }

  return {
    async get(timeoutMs, signal) {
      if (kept !== null && ctx.clock.now() < kept.goodUntil) return { ...kept, isKept: true }
      fetching ??= fetchOne(timeoutMs, signal)
      return fetching
    },
    forget(token) {
      if (kept?.token === token) kept = null
    },
  }
}

function tokenRequest(credentials: OAuth2, timeoutMs: number): OutgoingRequest {
  const { tokenUrl, clientId, clientSecret, clientAuthentication, scope, audience } = credentials
  const isPosted = clientAuthentication === 'post'
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(isPosted && { client_id: clientId, client_secret: clientSecret }),
  })
  const headers = [
    'content-type',
    'application/x-www-form-urlencoded',
    'accept',
    'application/json',
    'accept-encoding',
    'identity',
    'user-agent',
    userAgent,
    ...(isPosted ? [] : ['authorization', basicOf(clientId, clientSecret)]),
  ]
  return { url: new URL(tokenUrl), headers, body: form.toString(), timeoutMs, keepBytes: mostBytesOfAnswer }
}

/** Id and secret are written as in a form before they are joined (RFC 6749, 2.3.1). */
function basicOf(clientId: string, clientSecret: string): string {
  const asInForm = (value: string): string => new URLSearchParams([['', value]]).toString().slice(1)
  return `Basic ${Buffer.from(`${asInForm(clientId)}:${asInForm(clientSecret)}`).toString('base64')}`
}

function readToken(result: SendResult, now: number): Fetched | SendFailure {
  const { durationMs } = result
  const failed = (message: string): SendFailure => ({
    kind: 'failure',
    failure: 'token',
    message,
    durationMs,
  })
  if (result.kind === 'failure') {
    // Of an inside address there is one sentence, wherever it was found.
    if (result.failure === 'blocked_address' || result.failure === 'worker_stopped') return result
    return failed(
      `No access token: the token URL gave no answer (${result.failure}); check it, and its server`,
    )
  }
  const { statusCode, body } = result
  if (statusCode !== 200) {
    return failed(
      `No access token: the token URL answered ${statusCode}; check client id, client secret and scope`,
    )
  }
  const read = answer.safeParse(parseJson(body))
  if (!read.success) return failed('No access token: the token URL answered 200 with none for a bearer')
  const { access_token: token, expires_in: seconds } = read.data
  const lifeMs = seconds * 1000
  return { kind: 'token', token, isKept: false, goodUntil: now + lifeMs - Math.min(marginMs, lifeMs / 10) }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
