import type { Clock } from '../clock.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { OutgoingRequest, SendFailure } from './send-request.ts'

export interface Authorized {
  kind: 'authorized'
  request: OutgoingRequest
  token: string
}

/** The request with an access token, and as much time left as fetching that has not taken. */
export async function withAccessToken(
  clock: Clock,
  tokens: AccessTokens,
  request: OutgoingRequest,
  signal?: AbortSignal,
): Promise<Authorized | SendFailure> {
  const startedAt = clock.now()
  const got = await tokens.get(request.timeoutMs, signal)
  if (got.kind === 'failure') return got
  const { token } = got
  return {
    kind: 'authorized',
    token,
    request: {
      ...request,
      headers: [...request.headers, 'authorization', `Bearer ${token}`],
      timeoutMs: Math.max(1, request.timeoutMs - Math.max(0, clock.now() - startedAt)),
    },
  }
}
