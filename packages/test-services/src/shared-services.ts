import { findChromium } from './chromium.ts'
import { externalPostgres } from './external-postgres.ts'
import type { PostgresVersion } from './postgres-binaries.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'
import { findProgram } from './find-program.ts'
import { findPrometheus } from './prometheus.ts'
import { pingRedis, type RedisServer, startRedis } from './redis-server.ts'

type SharedPostgres = Pick<PostgresServer, 'url' | 'createDatabase' | 'close'>
type SharedRedis = Pick<RedisServer, 'url' | 'close'>

export interface SharedServices {
  /**
   * `/postgres/18` and `/redis` answer a server's URL, `/postgres/18/database` that of a new database, `/chromium`,
   * `/prometheus` and `/program/go/golang-go` (its name, and the Debian package that has it) the path of a program.
   */
  answer(path: string): Promise<string>
  close(): Promise<void>
}

/** The servers of one test run: each is started when it is first asked for, and only once. */
export function sharedServices(): SharedServices {
  const postgres: Partial<Record<PostgresVersion, Promise<SharedPostgres>>> = {}
  let redis: Promise<SharedRedis> | undefined
  return {
    async answer(path) {
      if (path === '/chromium') return findChromium()
      if (path === '/prometheus') return findPrometheus()
      if (path === '/redis') return (await (redis ??= openRedis())).url
      const [kind, version = '', wish = ''] = path.slice(1).split('/')
      if (kind === 'program') return findProgram(version, wish)
      const major = version === '13' ? 13 : 18
      const server = await (postgres[major] ??= openPostgres(major))
      return wish === 'database' ? server.createDatabase() : server.url
    },
    async close() {
      for (const server of [redis, ...Object.values(postgres)]) {
        // One that did not start has said so to those who asked for it.
        const started = await server?.catch(() => undefined)
        await started?.close()
      }
    },
  }
}

async function openPostgres(version: PostgresVersion): Promise<SharedPostgres> {
  const url = process.env['TEST_POSTGRES_URL']
  if (!url) return startPostgres({ version })
  const external = await externalPostgres(url).catch((cause: unknown) => {
    throw new Error(`TEST_POSTGRES_URL is ${url}, which does not answer: ${String(cause)}`, { cause })
  })
  // As with binaries: 18 is met by any version, 13 by nothing else.
  return version === 18 || external.version === version ? external : startPostgres({ version })
}

async function openRedis(): Promise<SharedRedis> {
  const url = process.env['TEST_REDIS_URL']
  if (!url) return startRedis()
  await pingRedis(url).catch((cause: unknown) => {
    throw new Error(`TEST_REDIS_URL is ${url}, which does not answer: ${String(cause)}`, { cause })
  })
  return { url, close: async () => {} }
}
