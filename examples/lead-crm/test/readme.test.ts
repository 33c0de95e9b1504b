import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLeadhooks } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { beforeAll, expect, onTestFinished, test } from 'vitest'

// The example is run where its packages resolve, as they would in a host's own folder.
const folder = join(import.meta.dirname, '..')
const readme = readFileSync(join(folder, '../../README.md'), 'utf8')
const [example = '', onPostgres = '', receiver = ''] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(
  ([, code]) => code,
)
/** The code for Postgres takes these over from the example. */
const onPostgresComplete = `
import { createLeadhooks, defineEvents } from '@leadhooks/core'
import { z } from 'zod'
${example.match(/^const (events|encryptionKeys) = .*$/gm)?.join('\n')}
const [organizationId, name] = ['acme', 'Ada']
${onPostgres}
client.release()
await pool.end()
`
const encryptionKey = Buffer.alloc(32, 7).toString('base64')
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(folder, 'readme-'))
  writeFileSync(
    join(directory, 'tsconfig.json'),
    '{ "extends": "../../../tsconfig.json", "include": ["*.ts"] }',
  )
  return () => rmSync(directory, { recursive: true })
})

test('the example of the README has at most 25 lines', () => {
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
})

test('the code of the README is typed', { timeout: 60_000 }, () => {
  writeFileSync(join(directory, 'example.ts'), example)
  writeFileSync(join(directory, 'on-postgres.ts'), onPostgresComplete)
  writeFileSync(
    join(directory, 'receiver.ts'),
    `declare const rawBody: string\ndeclare const request: Request\n${receiver}\nexport { event }`,
  )
  const tsc = join(folder, '../../node_modules/@typescript/native/bin/tsc')
  const options = ['--noEmit', '--noPropertyAccessFromIndexSignature', 'false']
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', directory, ...options], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test(
  'the example of the README runs: a lead and its event are written together',
  { timeout: 30_000 },
  async () => {
    const file = join(directory, 'run.ts')
    const anyPort = '.listen(0, function (this: any) { console.log(this.address().port) })'
    writeFileSync(file, example.replace('.listen(3000)', anyPort))
    const port = await firstLine(
      spawn(process.execPath, ['--conditions=@leadhooks/source', file], {
        cwd: directory,
        env: { ...process.env, LEADHOOKS_ENCRYPTION_KEY: encryptionKey },
      }),
    )
    const leadhooks = createLeadhooks({
      storage: sqliteStorage({ path: join(directory, 'crm.db') }),
      encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    })
    onTestFinished(() => leadhooks.close())
    const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'test' })

    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const created = await fetch(`http://127.0.0.1:${port}/leads`, {
      method: 'POST',
      headers,
      body: '{"name":"Ada"}',
    })
    expect([created.status, await created.json()]).toEqual([201, { id: 1, name: 'Ada' }])
    const events = await fetch(`http://127.0.0.1:${port}/api/v1/events`, { headers })
    expect(await events.json()).toMatchObject({ data: [{ type: 'new_lead', data: { id: 1, name: 'Ada' } }] })
  },
)

test.each(['commit', 'rollback'])(
  'the code of the README for Postgres runs: a lead and its event %s together',
  { timeout: 30_000 },
  async (end) => {
    const databaseUrl = await (await testPostgres()).createDatabase()
    const pool = new Pool({ connectionString: databaseUrl })
    const leadhooks = createLeadhooks({
      storage: postgresStorage({ pool }),
      encryptionKeys: [{ id: 'k1', key: encryptionKey }],
    })
    onTestFinished(async () => {
      await leadhooks.close()
      await pool.end()
    })
    await leadhooks.migrate()
    await pool.query('create table leads (id integer generated always as identity, name text not null)')

    const file = join(directory, `${end}.ts`)
    writeFileSync(file, onPostgresComplete.replace("'commit'", `'${end}'`))
    const { stderr, status } = spawnSync(process.execPath, ['--conditions=@leadhooks/source', file], {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: databaseUrl, LEADHOOKS_ENCRYPTION_KEY: encryptionKey },
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const lead = { id: 1, name: 'Ada' }
    const isCommitted = end === 'commit'
    expect((await pool.query('select * from leads')).rows).toEqual(isCommitted ? [lead] : [])
    const { data } = await leadhooks.events.list({ organizationId: 'acme' })
    expect(data.map((event) => event.data)).toEqual(isCommitted ? [lead] : [])
  },
)

async function firstLine(child: ChildProcess): Promise<string> {
  onTestFinished(() => void child.kill())
  return new Promise((resolve, reject) => {
    let errors = ''
    child.stderr?.on('data', (text) => (errors += String(text)))
    child.stdout?.once('data', (line) => resolve(String(line).trim()))
    child.once('exit', () => reject(new Error(errors)))
  })
}
