import pg from 'pg'
import { deliveryJob } from './delivery-job.ts'
import type { Place, Producer } from './contender.ts'
import type { Lead } from '../leads.ts'

/** A row of the table that the two loops work off. */
export interface LoopJob {
  id: string
  event_id: string
  url: string
  body: string
}

/** How often a loop that found nothing looks again. */
export const pollIntervalMs = 25

const jobs = `
  create table jobs (id bigint generated always as identity primary key, event_id text not null, url text not null,
    body text not null, status text not null default 'pending', attempts integer not null default 0,
    due_at timestamptz not null default now(), lease_until timestamptz);
  create index jobs_due on jobs (due_at) where status = 'pending';
`

export async function createJobs(postgresUrl: string, attempts: string): Promise<void> {
  const client = new pg.Client(postgresUrl)
  await client.connect()
  await client.query(jobs)
  await client.query(attempts)
  await client.end()
}

export async function jobProducer(place: Place): Promise<Producer> {
  const pool = new pg.Pool({ connectionString: place.postgresUrl, max: 16 })
  return {
    async enqueue(lead) {
      const { eventId, url, body } = deliveryJob(place, lead)
      await pool.query({
        name: 'enqueue',
        text: 'insert into jobs (event_id, url, body) values ($1, $2, $3)',
        values: [eventId, url, body],
      })
    },
    async enqueueMany(leads: readonly Lead[]) {
      const rows = leads.map((lead) => deliveryJob(place, lead))
      await pool.query({
        name: 'enqueue-many',
        text: 'insert into jobs (event_id, url, body) select * from unnest($1::text[], $2::text[], $3::text[])',
        values: [
          rows.map(({ eventId }) => eventId),
          rows.map(({ url }) => url),
          rows.map(({ body }) => body),
        ],
      })
    },
    close: () => pool.end(),
  }
}
