import type { Clock } from '../clock.ts'
import type { DeliveryTarget } from './delivery-target.ts'
import { secretTexts } from './hide-secrets.ts'
import type { OutgoingRequest, SendFailure } from './send-request.ts'

export interface Authorized {
  kind: 'authorized'
  request: OutgoingRequest
  /** What nobody is shown of it: the token too. */
  secrets: readonly string[]
  /** Whether the token is from before. */
  isKept: boolean
  /** The receiver has refused the token: it is not used again. */
  forget(): void
}

/** The request with an access token, where the webhook needs one, and as much time left as fetching that has not taken. */
export async function withAccessToken(
  clock: Clock,
  { accessTokens, secrets }: DeliveryTarget,
  request: OutgoingRequest,
  signal?: AbortSignal,
): Promise<Authorized | SendFailure> {
  if (accessTokens === null) return { kind: 'authorized', request, secrets, isKept: false, forget: () => {} }
  const startedAt = clock.now()
  const got = await accessTokens.get(request.timeoutMs, signal)
  if (got.kind === 'failure') return got
  const { token, isKept } = got
  return {
    kind: 'authorized',
    isKept,
    secrets: [...secrets, ...secretTexts([token])],
    forget: () => accessTokens.forget(token),
    request: {
      ...request,
      headers: [...request.headers, 'authorization', `Bearer ${token}`],
      timeoutMs: Math.max(1, request.timeoutMs - Math.max(0, clock.now() - startedAt)),
    },
  }
}
