import type Database from 'better-sqlite3'
import { Agent } from 'undici'
import { eventTypeOf, leadData, webhookCount } from '../leads.ts'
import { postSigned, type PostResult } from '../post-signed.ts'

interface Job {
  id: number
  url: string
  event_id: string
  body: string
}

interface JobResult extends PostResult {
  job: Job
}

/** Writes the jobs of the loop that a team would write by hand. */
export function fillRawJobs(database: Database.Database, url: string, count: number): void {
  database.exec(`
    create table jobs (id integer primary key, url text not null, event_id text not null, body text not null,
      status text not null, due_at integer not null, attempts integer not null default 0);
    create index jobs_due on jobs (due_at) where status = 'pending';
    create table attempts (job_id integer not null, started_at integer not null, duration_ms real not null,
      status_code integer, answer text)
  `)
  const insert = database.prepare(
    "insert into jobs (url, event_id, body, status, due_at) values (?, ?, ?, 'pending', 0)",
  )
  database.transaction(() => {
    for (let n = 0; n < count; n++) {
      const event = eventTypeOf(n % webhookCount)
      const body = { id: `evt_${n}`, event, timestamp: new Date().toISOString(), data: leadData(n) }
      insert.run(`${url}/${n % webhookCount}`, `evt_${n}`, JSON.stringify(body))
    }
  })()
}

/** Claims 500 by one statement, posts 64 at a time, writes each batch of results in one transaction. */
export async function runRawLoop(database: Database.Database): Promise<void> {
  const claim = database.prepare<[], Job>(`
    update jobs set status = 'running', attempts = attempts + 1
    where id in (select id from jobs where status = 'pending' and due_at <= unixepoch() * 1000 order by due_at limit 500)
    returning id, url, event_id, body
  `)
  const finish = database.prepare('update jobs set status = ? where id = ?')
  const record = database.prepare('insert into attempts values (?, ?, ?, ?, ?)')
  const write = database.transaction((results: readonly JobResult[]) => {
    for (const { job, startedAt, statusCode, durationMs, answer } of results) {
      finish.run(statusCode < 300 ? 'delivered' : 'pending', job.id)
      record.run(job.id, startedAt.getTime(), durationMs, statusCode, answer)
    }
  })
  const agent = new Agent({ connections: 64 })
  for (let jobs = claim.all(); jobs.length > 0; jobs = claim.all()) write(await postAll(agent, jobs))
  await agent.close()
}

async function postAll(agent: Agent, jobs: readonly Job[]): Promise<JobResult[]> {
  const results: JobResult[] = []
  let next = 0
  const slot = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) {
      const { url, event_id: eventId, body } = job
      results.push({ job, ...(await postSigned(agent, { url, eventId, body })) })
    }
  }
  await Promise.all(Array.from({ length: 64 }, slot))
  return results
}
