import { setTimeout as wait } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/** A connection that has said nothing for so long is asked whether it lives. */
const heartbeatMs = 10_000
const shortestBackOffMs = 250
const longestBackOffMs = 5000

/** A process that has not been seen for a minute is no more, and nobody need send it notices. */
const announce = statement(`
  with gone as (delete from leadhooks.listeners where seen_at < statement_timestamp() - interval '1 minute')
  insert into leadhooks.listeners (id, wants_notices, seen_at) values ($1::text, $2::boolean, statement_timestamp())
  on conflict (id) do update set wants_notices = excluded.wants_notices, seen_at = excluded.seen_at`)

const withdraw = statement(`delete from leadhooks.listeners where id = $1::text`)

interface Ears {
  /** A notice came, or may have come while nobody listened: then it says nothing. */
  onNotice: (payload: string) => void
}

/**
 * Holds a connection that listens for notices, and tells dispatchers by a row whether they are wanted: a NOTIFY that nobody
 * waits for would cost every commit the one lock that Postgres has for them. When the connection is lost, it makes another.
 */
export class Listener {
  readonly #database: Database
  readonly #id: string
  readonly #ears: Ears
  readonly #ended = new AbortController()
  readonly #running: Promise<void>
  #wantsNotices = true
  #announceNow = (): void => {}

  /** `id`: tells this process from all others. */
  constructor(database: Database, id: string, ears: Ears) {
    this.#database = database
    this.#id = id
    this.#ears = ears
    this.#running = this.#run()
  }

  get wantsNotices(): boolean {
    return this.#wantsNotices
  }

  set wantsNotices(wanted: boolean) {
    this.#wantsNotices = wanted
    this.#announceNow()
  }

  /** Never throws: a row that is left behind is removed by the next process that listens. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#running
    await this.#database.rows(withdraw, [this.#id]).catch(() => {})
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        await this.#listen(() => (failures = 0))
      } catch {
        // What is due is found by asking meanwhile, and whoever asks says what is wrong.
      }
      const backOffMs = Math.min(shortestBackOffMs * 2 ** failures, longestBackOffMs)
      await wait(backOffMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
    }
  }

  /** Listens until the connection is lost or no longer wanted. */
  async #listen(onConnected: () => void): Promise<void> {
    const { pool, schema } = this.#database
    const client = await pool.connect()
    let announced: Promise<unknown> = Promise.resolve()
    try {
      // It may have been ended while it waited for a connection.
      this.#ended.signal.throwIfAborted()
      const lost = lossOf(client, this.#ended.signal)
      client.on('notification', ({ payload }) => this.#ears.onNotice(payload ?? ''))
      await Promise.race([lost, client.query(`listen "${schema.channel}"`)])
      for (let isFirst = true; ; isFirst = false) {
        const poked = new Promise<void>((resolve) => (this.#announceNow = resolve))
        const values = [this.#id, this.#wantsNotices]
        announced = client.query(this.#database.config(announce, values))
        await Promise.race([lost, announced])
        if (isFirst) onConnected()
        // What came while nobody listened, or before it was known that notices are wanted, is looked for.
        this.#ears.onNotice('')
        const ended = new AbortController()
        await Promise.race([lost, poked, wait(heartbeatMs, undefined, { signal: ended.signal })]).finally(
          () => ended.abort(),
        )
      }
    } finally {
      // What is on its way to the server must not come after the row was withdrawn.
      await announced.catch(() => {})
      // Nobody else may be given a connection that still listens.
      client.release(true)
    }
  }
}

/** Rejects when the connection breaks, or the listener ends. */
function lossOf(client: PoolClient, signal: AbortSignal): Promise<never> {
  const lost = new Promise<never>((_, reject) => {
    client.on('error', reject)
    client.once('end', () => reject(new Error('The connection has ended')))
    signal.addEventListener('abort', () => reject(new Error('No longer listening')), { once: true })
  })
  lost.catch(() => {})
  return lost
}
