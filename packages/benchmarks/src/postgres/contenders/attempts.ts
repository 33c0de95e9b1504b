import type pg from 'pg'
import type { PostResult } from '../../post-signed.ts'

// What a team that brings its own queue writes besides: a table of attempts, and a row for each.

export interface AttemptRow extends PostResult {
  eventId: string
  url: string
}

export const createAttempts = `
  create table attempts (id bigint generated always as identity primary key, event_id text not null, url text not null,
    started_at timestamptz not null, duration_ms real not null, status_code integer not null, answer text not null)
`

export async function recordAttempt(pool: pg.Pool, attempt: AttemptRow): Promise<void> {
  await pool.query({
    name: 'record-attempt',
    text: `insert into attempts (event_id, url, started_at, duration_ms, status_code, answer)
      values ($1, $2, $3, $4, $5, $6)`,
    values: [
      attempt.eventId,
      attempt.url,
      attempt.startedAt,
      attempt.durationMs,
      attempt.statusCode,
      attempt.answer,
    ],
  })
}

export async function recordAttempts(pool: pg.Pool, attempts: readonly AttemptRow[]): Promise<void> {
  await pool.query({
    name: 'record-attempts',
    text: `insert into attempts (event_id, url, started_at, duration_ms, status_code, answer)
      select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::real[], $5::integer[], $6::text[])`,
    values: [
      attempts.map(({ eventId }) => eventId),
      attempts.map(({ url }) => url),
      attempts.map(({ startedAt }) => startedAt),
      attempts.map(({ durationMs }) => durationMs),
      attempts.map(({ statusCode }) => statusCode),
      attempts.map(({ answer }) => answer),
    ],
  })
}

/**
 * Batches by hand: attempts that end while a statement is under way go together in the next one. The promise of each
 * resolves when it is on disk, so that its job is not done before.
 */
export function attemptBatch(pool: pg.Pool): (attempt: AttemptRow) => Promise<void> {
  let waiting: { attempt: AttemptRow; resolve: () => void; reject: (error: unknown) => void }[] = []
  let isWriting = false
  const write = async (): Promise<void> => {
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await recordAttempts(
          pool,
          batch.map(({ attempt }) => attempt),
        )
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isWriting = false
  }
  return (attempt) =>
    new Promise((resolve, reject) => {
      waiting.push({ attempt, resolve, reject })
      if (!isWriting) void write()
    })
}
