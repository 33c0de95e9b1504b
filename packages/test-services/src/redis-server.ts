import { Redis } from 'ioredis'
import { aptInstall } from './apt-install.ts'
import { findExecutable } from './find-executable.ts'
import { freePort } from './free-port.ts'
import { createServiceFolder } from './service-folder.ts'
import { ServiceProcess } from './service-process.ts'

export interface StartRedisOptions {
  /** Server settings, as in `redis-server --name value`. Unless they say otherwise, nothing survives a stop. */
  settings?: Record<string, string>
}

export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  url: string
  port: number
  stop(): Promise<void>
  /** Starts again, on the same port. */
  start(): Promise<void>
  /** Stops the server and removes everything. */
  close(): Promise<void>
}

/** Starts a Redis (or Valkey) of its own on a free port of the loopback address. */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const command = redisCommand()
  const folder = createServiceFolder('redis', 'redis.pid')
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder.path,
    pidfile: `${folder.path}/redis.pid`,
    save: '',
    appendonly: 'no',
    ...options.settings,
  }
  const server = new ServiceProcess({
    name: 'Redis',
    command,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    folder: folder.path,
    probe: () => pingRedis(url),
  })
  try {
    await server.start()
  } catch (error) {
    await folder.remove()
    throw error
  }
  return {
    url,
    port,
    stop: () => server.stop('SIGTERM'),
    start: () => server.start(),
    async close() {
      await server.stop('SIGTERM')
      await folder.remove()
    },
  }
}

/** Rejects unless the server answers. */
export async function pingRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
  // The failure of the call below tells the same.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}

function redisCommand(): string {
  const find = () => findExecutable('redis-server') ?? findExecutable('valkey-server')
  const command = find() ?? (aptInstall('redis-server') ? find() : undefined)
  if (command) return command
  throw new Error(
    'Found neither redis-server nor valkey-server on the PATH. Install one (Debian: apt-get install redis-server; ' +
      'macOS: brew install redis).',
  )
}
