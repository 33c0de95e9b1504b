import type { AttemptFailure } from '../model/attempt-failures.ts'
import type { SendResult } from './send-request.ts'

/** What an attempt's result means. `gone`: the receiver wants no more (410). */
export interface Verdict {
  outcome: 'delivered' | 'failed' | 'gone'
  failure: AttemptFailure | null
  /** What went wrong and what to do about it, for people. */
  message: string | null
}

const delivered: Verdict = { outcome: 'delivered', failure: null, message: null }

/** 2xx is success, whatever the body; everything else is not. Redirects are failures: they are never followed. */
export function classifyResponse(result: SendResult): Verdict {
  if (result.kind === 'failure')
    return { outcome: 'failed', failure: result.failure, message: result.message }
  const { statusCode } = result
  if (statusCode >= 200 && statusCode < 300) return delivered
  return { outcome: statusCode === 410 ? 'gone' : 'failed', failure: 'status', message: explain(statusCode) }
}

function explain(statusCode: number): string {
  if (statusCode === 410)
    return 'The receiver answered 410 Gone: it wants no more deliveries, and the webhook was disabled'
  if (statusCode === 401 || statusCode === 403) {
    return `The receiver answered ${statusCode}: check that it verifies with this webhook's secret, and that no firewall is in the way`
  }
  if (statusCode === 404) return 'The receiver answered 404: check the path of the URL'
  if (statusCode === 429) return 'The receiver answered 429: it takes no more requests for now'
  if (statusCode >= 300 && statusCode < 400) {
    return `The receiver answered ${statusCode}, a redirect: those are not followed; register the final URL`
  }
  if (statusCode >= 500) return `The receiver answered ${statusCode}: it failed; its log tells why`
  return `The receiver answered ${statusCode}: only 2xx counts as received`
}
