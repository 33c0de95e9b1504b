import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const encryptionKey = Buffer.alloc(32, 1).toString('base64')

function start(script: string, env: NodeJS.ProcessEnv) {
  const path = fileURLToPath(new URL(`../src/${script}`, import.meta.url))
  return spawn(process.execPath, ['--conditions=@leadhooks/source', path], {
    env: { ...process.env, ...env },
  })
}

function databasePath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'lead-crm-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'lead-crm.db')
}

test('the server starts by its environment, and stops gracefully', async () => {
  const env = { PORT: '0', DATABASE_PATH: databasePath(), LEADHOOKS_ENCRYPTION_KEY: encryptionKey }
  const server = start('server.ts', env)
  const closed = once(server, 'close')
  expect(String((await once(server.stdout, 'data'))[0])).toContain('The CRM listens')
  // A second process at the same file.
  expect(await text(start('create-key.ts', env).stdout)).toMatch(/organization "acme".*: lh_live_\w{38}\n$/)
  server.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
})

test('without an encryption key the server says how to make one', async () => {
  const env = { PORT: '0', DATABASE_PATH: databasePath(), LEADHOOKS_ENCRYPTION_KEY: '' }
  const server = start('server.ts', env)
  const [stderr, [code]] = await Promise.all([text(server.stderr), once(server, 'close')])
  expect(code).toBe(1)
  expect(stderr).toContain('Make one with: node -e')
})
