import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { query } from '../src/postgres-server.ts'
import { type PostgresServer, startPostgres, type StartPostgresOptions } from '../src/index.ts'

// A cold start takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const open: PostgresServer[] = []

async function start(options?: StartPostgresOptions): Promise<PostgresServer> {
  const server = await startPostgres(options)
  open.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.each([18, 13] as const)('starts version %i on loopback with settings of its own', async (version) => {
  const server = await start({ version, settings: { work_mem: '7MB' } })
  expect(server.url).toBe(`postgres://postgres@127.0.0.1:${server.port}/postgres`)
  expect(await query(server.url, 'show work_mem')).toEqual([{ work_mem: '7MB' }])
  expect(await query(server.url, 'show fsync')).toEqual([{ fsync: 'off' }])
  const [found] = await query(
    server.url,
    `select current_setting('server_version_num')::int / 10000 as major`,
  )
  expect(found).toEqual({ major: server.version })
  if (version === 13) expect(server.version).toBe(13)
})

test('two servers run side by side', async () => {
  const [one, two] = await Promise.all([start(), start()])
  expect(one.port).not.toBe(two.port)
  await one.createDatabase('here')
  expect(await query(two.url, `select datname from pg_database where datname = 'here'`)).toEqual([])
})

test('creates empty databases, also many at once', async () => {
  const server = await start()
  const create = () => server.createDatabase()
  const [one, two, three] = await Promise.all([create(), create(), create()])
  expect(new Set([one, two, three]).size).toBe(3)
  await query(one, 'create table t (id int)')
  expect(await query(two, `select to_regclass('t') as t`)).toEqual([{ t: null }])
  expect(await server.createDatabase('named')).toBe(server.url.replace(/postgres$/, 'named'))
})

test.each(['immediate', 'fast'] as const)(
  'keeps port and data over a stop (%s) and a start',
  async (mode) => {
    const server = await start({ durable: true })
    expect(await query(server.url, 'show fsync')).toEqual([{ fsync: 'on' }])
    await query(server.url, 'create table t as select 42 as answer')
    const pid = server.pid()
    await server.stop(mode)
    expect(isAlive(pid)).toBe(false)
    expect(() => server.pid()).toThrow('not running')
    await expect(query(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
    await server.start()
    expect(await query(server.url, 'select answer from t')).toEqual([{ answer: 42 }])
  },
)

test('close leaves no process and no folder, whatever is connected', async () => {
  const server = await startPostgres()
  const client = new Client({ connectionString: server.url })
  client.on('error', () => {})
  await client.connect()
  const pid = server.pid()
  await server.close()
  expect(isAlive(pid)).toBe(false)
  expect(existsSync(server.dataDirectory)).toBe(false)
})

test('a start that fails tells the end of the log and leaves nothing', async () => {
  await expect(start({ settings: { work_mem: 'plenty' } })).rejects.toThrow(
    /PostgreSQL \d+ ended with 1.*plenty/s,
  )
})

test('nothing stays behind when the process that started it is killed', async () => {
  const index = new URL('../src/index.ts', import.meta.url).href
  const script = `
    const { startPostgres } = await import('${index}')
    const { dataDirectory, url } = await startPostgres()
    console.log(JSON.stringify({ dataDirectory, url }))
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  const { dataDirectory, url } = JSON.parse(String(line))
  await query(url, 'select 1')
  parent.kill('SIGKILL')
  const deadline = Date.now() + 30_000
  while (existsSync(dataDirectory) && Date.now() < deadline) await sleep(20)
  expect(existsSync(dataDirectory)).toBe(false)
  await expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
})
