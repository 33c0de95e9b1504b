import { randomBytes } from 'node:crypto'
import { startPostgres, startRedis } from '@leadhooks/test-services'
import { Redis } from 'ioredis'
import pg from 'pg'
import { type Receiver, startReceiver } from '../start-receiver.ts'
import type { Contender, Place } from './contenders/contender.ts'
import { type ContenderName, contenders } from './contenders/contenders.ts'

/** What all scenarios share: a durable Postgres, a Redis, and the receiver in its own process. */
export interface Services {
  receiver: Receiver
  /** Runs something in a database of its own, which is dropped afterwards. */
  withDatabase<T>(run: (url: string) => Promise<T>): Promise<T>
  /** The same, set up for a contender, with an empty Redis. */
  withPlace<T>(name: ContenderName, run: (place: Place, contender: Contender) => Promise<T>): Promise<T>
  /** Puts what was written so far on disk, so that it does not happen while something is measured. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

/** What the docs of BullMQ ask for in production. */
const redisSettings = { appendonly: 'yes', appendfsync: 'everysec', 'maxmemory-policy': 'noeviction' }

export async function startServices(): Promise<Services> {
  const [postgres, redis, receiver] = await Promise.all([
    startPostgres({ durable: true, settings: { max_connections: '300' } }),
    startRedis({ settings: redisSettings }),
    startReceiver(),
  ])
  const admin = new pg.Pool({ connectionString: postgres.url, max: 1 })
  const redisAdmin = new Redis(redis.url)

  const withDatabase: Services['withDatabase'] = async (run) => {
    const url = await postgres.createDatabase()
    try {
      return await run(url)
    } finally {
      await dropDatabase(admin, new URL(url).pathname.slice(1))
    }
  }

  return {
    receiver,
    withDatabase,
    withPlace: (name, run) =>
      withDatabase(async (postgresUrl) => {
        await redisAdmin.flushall()
        const encryptionKey = randomBytes(32).toString('base64')
        const place = { postgresUrl, redisUrl: redis.url, receiverUrl: receiver.url, encryptionKey }
        const contender: Contender = contenders[name]
        await contender.setup(place)
        return run(place, contender)
      }),
    checkpoint: async () => void (await admin.query('checkpoint')),
    async close() {
      receiver.stop()
      redisAdmin.disconnect()
      await admin.end()
      await Promise.all([postgres.close(), redis.close()])
    },
  }
}

/** A pool that was ended says so before its last connection is gone: waits for that, or the drop would break it off. */
async function dropDatabase(admin: pg.Pool, name: string): Promise<void> {
  const sessions = 'select count(*)::int as count from pg_stat_activity where datname = $1'
  for (let turn = 0; turn < 100; turn++) {
    const { rows } = await admin.query<{ count: number }>(sessions, [name])
    if (rows[0]?.count === 0) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await admin.query(`drop database ${pg.escapeIdentifier(name)} with (force)`)
}
