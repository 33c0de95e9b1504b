import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { expect, onTestFinished, test } from 'vitest'
import { environment } from './start-crm.ts'

function start(file: string, env: Record<string, string>) {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@leadhooks/source', `src/${file}`], {
    cwd,
    env: { ...process.env, PORT: '0', ...environment, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test('it starts by its environment, beside other commands, and stops gracefully', async () => {
  const env = { DATABASE_URL: await (await testPostgres()).createDatabase() }
  const server = start('server.ts', env)
  await once(server.stdout, 'data')
  expect(await text(start('create-user.ts', env).stdout)).toContain('ada@example.com may sign in')
  expect(await text(start('cleanup.ts', env).stdout)).toContain('0 expired API keys were revoked')
  server.kill('SIGTERM')
  expect(await once(server, 'close')).toEqual([0, null])
})

test.for([
  ['its settings', { DATABASE_URL: '', SESSION_SECRET: '' }, 'DATABASE_URL must name a Postgres'],
  [
    'its Postgres',
    { DATABASE_URL: 'postgres://127.0.0.1:1/crm' },
    'the database does not answer: see DATABASE_URL',
  ],
  [
    'an encryption key',
    { DATABASE_URL: 'postgres://127.0.0.1:1/crm', LEADHOOKS_ENCRYPTION_KEY: '' },
    'Make one with: node -e',
  ],
] as const)('without %s it says what is wrong, in a line, and ends', async ([, env, reason]) => {
  const server = start('server.ts', env)
  const [stderr, [code]] = await Promise.all([text(server.stderr), once(server, 'close')])
  expect([stderr.trim().split('\n').length, code]).toEqual([1, 1])
  expect(stderr).toContain(reason)
})

test('without its Redis it says so, and ends', async () => {
  const DATABASE_URL = await (await testPostgres()).createDatabase()
  const server = start('server.ts', { DATABASE_URL, REDIS_URL: 'redis://127.0.0.1:1' })
  expect(await text(server.stderr)).toContain('Redis does not answer: see REDIS_URL')
})
