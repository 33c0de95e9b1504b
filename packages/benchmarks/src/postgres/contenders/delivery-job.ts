import type pg from 'pg'
import type { Agent } from 'undici'
import { postSigned } from '../../post-signed.ts'
import { bodyOf, type Lead } from '../leads.ts'
import { type AttemptRow, attemptBatch, recordAttempt } from './attempts.ts'
import type { Place } from './contender.ts'

/** What a team puts into its queue: all that the handler needs, so that it has nothing to look up. */
export interface DeliveryJob {
  eventId: string
  url: string
  body: string
}

export const deliveryJob = ({ receiverUrl }: Place, lead: Lead): DeliveryJob => ({
  eventId: lead.id,
  url: `${receiverUrl}/${lead.webhook}`,
  body: bodyOf(lead),
})

/** The handler that a team writes: signs, posts, writes the attempt, and throws what should be tried again. */
export function deliveryHandler(
  agent: Agent,
  pool: pg.Pool,
  { batchesAttempts, onRecorded }: { batchesAttempts: boolean; onRecorded: (count: number) => void },
): (job: DeliveryJob) => Promise<void> {
  const record = batchesAttempts
    ? attemptBatch(pool)
    : (attempt: AttemptRow): Promise<void> => recordAttempt(pool, attempt)
  return async (job) => {
    const { eventId, url } = job
    const result = await postSigned(agent, job)
    await record({ eventId, url, ...result })
    onRecorded(1)
    if (result.statusCode >= 300) throw new Error(`The receiver answered ${result.statusCode}`)
  }
}
