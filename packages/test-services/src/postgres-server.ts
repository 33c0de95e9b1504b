import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { findPostgresBinaries, type PostgresVersion } from './postgres-binaries.ts'
import { createServiceFolder } from './service-folder.ts'
import { ServiceProcess } from './service-process.ts'
import { type SystemUser, unprivilegedUser } from './system-user.ts'

export interface StartPostgresOptions {
  /** 18, the default, takes what is at hand where there is no 18 for the platform; 13 is exact. */
  version?: PostgresVersion
  /** Whether a commit reaches the disk before it is answered. Default: false, which is faster. */
  durable?: boolean
  /** Server settings, as in `postgres -c name=value`. */
  settings?: Record<string, string>
}

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres` */
  url: string
  port: number
  /** The major version. */
  version: number
  dataDirectory: string
  /** The pid of the postmaster. */
  pid(): number
  /** As `pg_ctl stop -m fast` and `pg_ctl stop -m immediate` do. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Starts again, on the same directory and port. */
  start(): Promise<void>
  /** Stops the server and removes everything. */
  close(): Promise<void>
  /** Creates an empty database and answers its URL. */
  createDatabase(name?: string): Promise<string>
}

const notDurable = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** Starts a PostgreSQL of its own on a free port of the loopback address, with a new and empty data directory. */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const { bin, version } = findPostgresBinaries(options.version ?? 18)
  const user = unprivilegedUser()
  const folder = createServiceFolder('postgres', 'data/postmaster.pid')
  const dataDirectory = join(folder.path, 'data')
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  try {
    if (user) chownSync(folder.path, user.uid, user.gid)
    const reachable = await reachableBin(bin, folder.path, user)
    initialize(reachable, dataDirectory, user)
    const server = new ServiceProcess({
      name: `PostgreSQL ${version}`,
      command: join(reachable, 'postgres'),
      args: ['-D', dataDirectory, ...settingArgs(port, options)],
      folder: folder.path,
      user,
      probe: () => query(url, 'select 1'),
    })
    await server.start()
    return {
      url,
      port,
      version,
      dataDirectory,
      pid: () => server.pid(),
      stop: (mode) => server.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
      start: () => server.start(),
      async close() {
        await server.stop('SIGQUIT')
        await folder.remove()
      },
      createDatabase: (name) => createDatabase(url, name),
    }
  } catch (error) {
    await folder.remove()
    throw error
  }
}

/** Creates an empty database on the server of `url` and answers its URL. */
export async function createDatabase(url: string, name = `test_${randomUUID()}`): Promise<string> {
  await query(url, `create database "${name}"`)
  const databaseUrl = new URL(url)
  databaseUrl.pathname = `/${name}`
  return databaseUrl.href
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  // A server that ends while the client says goodbye must not end this process.
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** A checkout in a home directory such as /root is closed to other users: then the binaries are copied beside the data. */
async function reachableBin(bin: string, folder: string, user: SystemUser | undefined): Promise<string> {
  const { error } = spawnSync(join(bin, 'postgres'), ['--version'], { ...user, cwd: folder })
  if (!error) return bin
  await cp(dirname(bin), join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(folder, 'native', 'bin')
}

function initialize(bin: string, dataDirectory: string, user: SystemUser | undefined): void {
  const args = ['-D', dataDirectory, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  const { status, stdout, stderr, error } = spawnSync(join(bin, 'initdb'), args, {
    ...user,
    cwd: dirname(dataDirectory),
    encoding: 'utf8',
  })
  if (status === 0) return
  throw new Error(`initdb failed: ${error?.message ?? `${stdout}\n${stderr}`.slice(-4096)}`)
}

function settingArgs(port: number, { durable = false, settings }: StartPostgresOptions): string[] {
  const all = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(durable ? {} : notDurable),
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
