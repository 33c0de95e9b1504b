import { setTimeout as wait } from 'node:timers/promises'
import type { ApiKeyWatch } from '@leadhooks/core/storage'
import type { Client, Pool } from 'pg'
import type { Schema } from './schema.ts'

/** So often the connection is asked whether it lives; two answers missed, and nothing that is cached counts any more. */
const heartbeatMs = 300
const currentForMs = 900
/** Whoever checks no keys for so long needs no connection for it. */
const idleMs = 60_000
const shortestBackOffMs = 100
const longestBackOffMs = 5000

/**
 * Listens for changes of API keys, which a trigger tells of. A connection of its own, beside the pool: it is not to wait for
 * one that is in use, nor to keep one from anybody.
 *
 * An answer on a connection comes after the notices before it. As long as answers come, nothing has been missed; a connection
 * that is cut off without a word is found out by the answers that do not.
 */
export function watchApiKeys(
  pool: Pool,
  schema: Schema,
  onChange: (apiKeyId: string | null) => void,
): ApiKeyWatch {
  const ended = new AbortController()
  let heardAt = Number.NEGATIVE_INFINITY
  let askedAt = performance.now()
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    for (let failures = 0; isWanted(); failures++) {
      await listen(() => (failures = 0)).catch(() => {})
      heardAt = Number.NEGATIVE_INFINITY
      const backOffMs = Math.min(shortestBackOffMs * 2 ** failures, longestBackOffMs)
      if (isWanted()) await pause(backOffMs * (0.5 + Math.random() / 2))
    }
    running = undefined
  }

  /** Listens until the connection is lost, or nobody asks any more. */
  async function listen(onConnected: () => void): Promise<void> {
    const client = newClient(pool)
    const lost = new Promise<never>((_, reject) => {
      client.on('error', reject)
      client.once('end', () => reject(new Error('The connection has ended')))
    })
    lost.catch(() => {})
    try {
      client.on('notification', ({ payload }) => onChange(payload ?? null))
      await Promise.race([lost, client.connect(), timeOut()])
      await Promise.race([lost, client.query(`listen "${schema.keysChannel}"`), timeOut()])
      // What changed while nobody listened was not heard of.
      onChange(null)
      onConnected()
      while (isWanted()) {
        const sentAt = performance.now()
        await Promise.race([lost, client.query('select 1'), timeOut()])
        heardAt = sentAt
        await Promise.race([lost, pause(heartbeatMs)])
      }
    } finally {
      hangUp(client)
    }
  }

  /** Rejects when an answer is later than one that can still count. */
  async function timeOut(): Promise<never> {
    await wait(currentForMs, undefined, { signal: ended.signal, ref: false })
    throw new Error('No answer')
  }

  async function pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: ended.signal, ref: false }).catch(() => {})
  }

  function isWanted(): boolean {
    return !ended.signal.aborted && performance.now() - askedAt < idleMs
  }

  return {
    isCurrent() {
      askedAt = performance.now()
      if (!ended.signal.aborted) running ??= run()
      return askedAt - heardAt < currentForMs
    },
    async end() {
      ended.abort()
      await running
    },
  }
}

/** A pool makes its connections like this, whatever it was given to make them by. */
function newClient(pool: Pool): Client {
  const { Client: PoolClient, options } = pool as unknown as {
    Client: new (options: unknown) => Client
    options: object
  }
  return new PoolClient({ ...options, keepAlive: true })
}

/** Without a farewell: the other end may never read it. */
function hangUp(client: Client): void {
  client.on('error', () => {})
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } }
  connection?.stream?.destroy()
}
