import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Environment } from '../src/open-crm.ts'
import { eachDatabase, encryptionKey } from './each-database.ts'

vi.setConfig({ testTimeout: 30_000 })

const folder = fileURLToPath(new URL('..', import.meta.url))
const commandLine = fileURLToPath(import.meta.resolve('../../../packages/cli/src/main.ts'))

function start(args: readonly string[], env: Environment) {
  const child = spawn(process.execPath, ['--conditions=@leadhooks/source', ...args], {
    cwd: folder,
    env: { ...process.env, PORT: '0', LEADHOOKS_ENCRYPTION_KEY: encryptionKey, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Resolves once it has said this; what else it says is passed over. */
async function said({ stdout, stderr }: ReturnType<typeof start>, what: string): Promise<void> {
  let heard = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [stdout, stderr]) {
      stream.on('data', (chunk) => void ((heard += String(chunk)).includes(what) && resolve()))
    }
    stdout.once('close', () => reject(new Error(`It ended without saying "${what}", but: ${heard}`)))
  })
}

async function stop(child: ChildProcess): Promise<unknown> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  return closed
}

describe.each(eachDatabase)('on %s', (_, makeDatabase) => {
  test('the server starts by its environment, and stops gracefully', async () => {
    const env = await makeDatabase()
    const server = start(['src/server.ts'], env)
    await said(server, 'The CRM listens')
    // A second process at the same database.
    const created = await text(start(['src/create-key.ts'], env).stdout)
    expect(created).toMatch(/organization "acme".*: sk_live_\w{38}\n$/)
    expect(await stop(server)).toEqual([0, null])
  })

  test('two servers start at once on an empty database', async () => {
    const env = await makeDatabase()
    const servers = [start(['src/server.ts'], env), start(['src/server.ts'], env)]
    await Promise.all(servers.map(async (server) => said(server, 'The CRM listens')))
    expect(await Promise.all(servers.map(stop))).toEqual([
      [0, null],
      [0, null],
    ])
  })

  test('the command line runs a worker by leadhooks.config.ts', async () => {
    const env = await makeDatabase()
    await text(start(['src/create-key.ts'], env).stdout)
    const worker = start([commandLine, 'worker', '--config', 'leadhooks.config.ts'], env)
    await said(worker, 'The worker is sending')
    expect(await stop(worker)).toEqual([0, null])
  })
})

test.for([
  [
    'an encryption key',
    { LEADHOOKS_ENCRYPTION_KEY: '', DATABASE_PATH: ':memory:' },
    'Make one with: node -e',
  ],
  [
    'its Postgres',
    { DATABASE_URL: 'postgres://localhost:1/crm' },
    'the database does not answer (storage_unavailable): see DATABASE_URL',
  ],
  ['its SQLite file', { DATABASE_PATH: '/nowhere/crm.db' }, 'Cannot open database'],
  [
    'its Redis',
    { DATABASE_PATH: ':memory:', REDIS_URL: 'redis://127.0.0.1:1' },
    'Redis does not answer: see REDIS_URL',
  ],
] as const)('without %s the server says what is wrong, and ends', async ([, env, reason]) => {
  const server = start(['src/server.ts'], env)
  const [stderr, [code]] = await Promise.all([text(server.stderr), once(server, 'close')])
  expect(code).toBe(1)
  expect(stderr).toContain(reason)
  expect(stderr).toMatch(/^The CRM cannot start: .*\n$/)
})
