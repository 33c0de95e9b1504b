import { randomUUID } from 'node:crypto'
import { type RedisServer, startRedis } from '@leadhooks/test-services'
import { testRedis } from '@leadhooks/test-services/vitest'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'

export function connect(url: string): Redis {
  const client = new Redis(url)
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())
  return client
}

/** A client of the Redis that the run shares, and a prefix that nobody else has. */
export async function openShared(): Promise<{ client: Redis; url: string; prefix: string }> {
  const { url } = await testRedis()
  return { client: connect(url), url, prefix: `${randomUUID()}:` }
}

export interface OwnRedis {
  server: RedisServer
  client: Redis
  /** Stops the process without a word (SIGSTOP), and lets it go on. */
  freeze: () => void
  thaw: () => void
}

/** A Redis that a test may stop. */
export async function openOwn(settings: Record<string, string> = {}): Promise<OwnRedis> {
  const server = await startRedis({ settings })
  const client = connect(server.url)
  const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1])
  const thaw = (): void => void process.kill(pid, 'SIGCONT')
  onTestFinished(async () => {
    try {
      thaw()
    } catch {
      // It has restarted, as another process.
    }
    client.disconnect()
    await server.close()
  })
  return { server, client, freeze: () => void process.kill(pid, 'SIGSTOP'), thaw }
}
