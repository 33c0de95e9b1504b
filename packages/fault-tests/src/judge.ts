import type { LoggedRequest } from './endpoint.ts'
import { greatest } from './percentile.ts'
import type { Stage } from './stage.ts'

/** What a run came to. The endpoint's file says what was sent, the tables what is known of it. */
export interface Verdict {
  events: number
  requests: number
  /** Events that were acknowledged and that the endpoint never saw. */
  lost: number
  /** Requests beyond the first of each event, retries that the endpoint asked for among them. */
  extra: number
  /** The most requests that any event had. */
  mostPerEvent: number
  /** Requests whose signature did not verify. */
  unverified: number
  /** Events that the endpoint saw and that nobody dispatched. */
  unknown: number
  /** Events of which the endpoint saw more requests than there are rows of attempts. */
  unrecorded: number
  byStatus: Record<string, number>
  byOutcome: Record<string, number>
  /** Invariants that are broken, and by how many rows. */
  violations: Record<string, number>
}

export async function judge(
  stage: Stage,
  requests: LoggedRequest[] = stage.endpoint.requests(),
): Promise<Verdict> {
  const { rows } = stage.store
  const seen = requestsByEvent(requests)
  const attempts = await rows.attemptsByEvent()
  return {
    events: stage.dispatched.size,
    requests: requests.length,
    lost: [...stage.dispatched].filter((id) => !seen.has(id)).length,
    extra: requests.length - seen.size,
    mostPerEvent: greatest(seen.values()),
    unverified: requests.filter(({ isVerified }) => !isVerified).length,
    unknown: [...seen.keys()].filter((id) => !stage.dispatched.has(id)).length,
    unrecorded: [...seen].filter(([id, count]) => count > (attempts.get(id) ?? 0)).length,
    byStatus: await rows.byStatus(),
    byOutcome: await rows.attemptsByOutcome(),
    violations: await rows.violations(),
  }
}

/** What holds after every scenario in which each event goes to one webhook. */
export const sound = { lost: 0, unverified: 0, unknown: 0, unrecorded: 0, violations: {} } as const

export function requestsByEvent(requests: readonly LoggedRequest[]): Map<string, number> {
  const seen = new Map<string, number>()
  for (const { id } of requests) seen.set(id, (seen.get(id) ?? 0) + 1)
  return seen
}
