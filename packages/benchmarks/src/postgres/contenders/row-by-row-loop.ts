import pg from 'pg'
import { Agent } from 'undici'
import { postSigned } from '../../post-signed.ts'
import { createAttempts } from './attempts.ts'
import type { Contender, WorkerTask } from './contender.ts'
import { createJobs, jobProducer, type LoopJob, pollIntervalMs } from './loop-jobs.ts'

const claim = `
  update jobs set status = 'running', attempts = attempts + 1, lease_until = now() + interval '60 s'
  where id = (select id from jobs where status = 'pending' and due_at <= now() order by due_at limit 1 for update skip locked)
  returning id, event_id, url, body
`
const record = `
  with done as (update jobs set status = case when $6::integer < 300 then 'delivered' else 'pending' end where id = $1::bigint)
  insert into attempts (event_id, url, started_at, duration_ms, status_code, answer)
  values ($2::text, $3::text, $4::timestamptz, $5::real, $6::integer, $7::text)
`

/** What most write first: each slot claims a row, posts it, and records it. */
export const rowByRowLoop: Contender = {
  async setup({ postgresUrl }) {
    await createJobs(postgresUrl, createAttempts)
  },
  openProducer: jobProducer,
  async startWorker({ postgresUrl }, task) {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 16 })
    const agent = new Agent({ connections: task.concurrency })
    const stopping = new AbortController()
    const slots = Array.from({ length: task.concurrency }, () => runSlot(pool, agent, task, stopping.signal))
    return {
      async stop() {
        stopping.abort()
        await Promise.all(slots)
        await agent.close()
        await pool.end()
      },
    }
  },
}

async function runSlot(
  pool: pg.Pool,
  agent: Agent,
  { onRecorded }: WorkerTask,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    const { rows } = await pool.query<LoopJob>({ name: 'claim', text: claim })
    const [job] = rows
    if (job === undefined) {
      await new Promise((resolve) => setTimeout(resolve, pollIntervalMs * (1 + Math.random())))
      continue
    }
    const { id, event_id: eventId, url, body } = job
    const result = await postSigned(agent, { eventId, url, body })
    const { startedAt, durationMs, statusCode, answer } = result
    await pool.query({
      name: 'record',
      text: record,
      values: [id, eventId, url, startedAt, durationMs, statusCode, answer],
    })
    onRecorded(1)
  }
}
