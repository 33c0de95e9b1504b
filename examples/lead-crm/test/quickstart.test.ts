import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { listen } from '../src/quickstart/ports.ts'
import { eachDatabase } from './each-database.ts'

vi.setConfig({ testTimeout: 30_000 })

const quickstart = fileURLToPath(new URL('../src/quickstart.ts', import.meta.url))

function start(args: string[], env: NodeJS.ProcessEnv) {
  const nodeArgs = ['--conditions=@leadhooks/source', quickstart, ...args]
  const defaults = { NO_COLOR: '1', PORT: '0', RECEIVER_PORT: '0', DATABASE_URL: '' }
  return spawn(process.execPath, nodeArgs, { env: { ...process.env, ...defaults, ...env } })
}

async function runQuickstart(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = start(args, env)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { stdout, stderr, code: z.number().parse(code) }
}

/** What a browser does with the address that is printed: it uses the code, and reads the deliveries. */
async function openScreens(output: string): Promise<void> {
  const [, at = '', code = ''] = /(http:\S+\/admin\/)#code=([\w-]+)/.exec(output) ?? []
  const headers = { 'sec-fetch-site': 'same-origin' }
  const opened = await fetch(`${at}-/session`, { method: 'POST', body: code, headers })
  const [cookie = ''] = opened.headers.get('set-cookie')?.split(';') ?? []
  const deliveries = await fetch(`${at}-/api/deliveries?status=dead_letter`, {
    headers: { ...headers, cookie },
  })
  expect(await deliveries.json()).toMatchObject({ data: [{}, {}, {}] })
}

describe.each(eachDatabase)('on %s', (_, makeDatabase) => {
  test('shows everything, checks itself, and ends with its numbers in JSON', async () => {
    const { stdout, stderr, code } = await runQuickstart(['--once'], { ...(await makeDatabase()) })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      events: 3,
      deliveries: 12,
      delivered: 9,
      verified: 9,
      retried: 6,
      deadLettered: 3,
      replayed: 3,
    })
    for (const shown of [
      /new_lead +Ada Lovelace +saved with its lead: 3 deliveries/,
      /new_lead +Ada Lovelace +healthy +#1 +200 +delivered, verified/,
      /lead_update +Ada Lovelace +flaky +#1 +503 +failed, retry in 0.2 s/,
      /new_lead +Alan Turing +flaky +#3 +200 +delivered, verified/,
      /new_lead +Alan Turing +broken +#4 +500 +given up: dead letter/,
      /new_lead +Alan Turing +broken +#1 +200 +replay delivered, verified/,
      /forged +401 no_match/,
      /import +409 duplicate_lead/,
      /rate limit +9\d\d of 1000 left/,
      /one too many +429 rate_limited .*Retry-After: \d+ seconds/,
    ]) {
      expect(stdout).toMatch(shown)
    }
    // No escape codes where no terminal is.
    expect(stdout).not.toContain('\u001b')
  })

  test('stays up with commands to try, and stops gracefully when it is interrupted', async () => {
    const child = start([], { ...(await makeDatabase()) })
    const closed = once(child, 'close')
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    await vi.waitFor(() => expect(output).toContain('# Post a lead that is none'), { timeout: 20_000 })
    await openScreens(output)
    child.kill('SIGINT')
    expect(await closed).toEqual([0, null])
    expect(output).toContain('Stopping')
  })
})

test.for<[how: string, stop: (child: ChildProcess) => void, code: number]>([
  ['is run to its end', () => {}, 0],
  ['is interrupted', (child) => child.kill('SIGINT'), 130],
  ['has nobody left to tell', ({ stdout }) => stdout?.destroy(), 130],
])('a Postgres is left as it was when the quickstart %s', async ([, stop, code]) => {
  const databaseUrl = await (await testPostgres()).createDatabase()
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  onTestFinished(async () => client.end())
  // A CRM is at work in it, with a lead of the same address.
  await client.query(`create table leads (email text unique); insert into leads values ('ada@example.com')`)
  const objects = async (): Promise<unknown> => {
    const { rows } = await client.query(
      `select nspname, relname from pg_namespace n left join pg_class on relnamespace = n.oid
       where nspname !~ '^pg_' order by 1, 2`,
    )
    return rows
  }
  const before = await objects()

  const child = start(['--once'], { DATABASE_URL: databaseUrl })
  let output = ''
  let isStopped = false
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (isStopped || !output.includes('failed, retry in')) return
    isStopped = true
    stop(child)
  })
  expect(await once(child, 'close')).toEqual([code, null])
  expect(output).toMatch(/one Postgres schema for both, lead_crm_quickstart_\w{8}\n/)
  expect(await objects()).toEqual(before)
})

test('a port that is taken: says so and takes another', async () => {
  const occupant = createServer()
  const { port } = new URL(await listen(occupant, 0, () => {}))
  const { stdout, code } = await runQuickstart(['--once'], {
    PORT: port,
    RECEIVER_PORT: port,
  })
  occupant.close()
  expect(code).toBe(0)
  expect(stdout.match(new RegExp(`Port ${port} is taken: using \\d+ instead`, 'g'))).toHaveLength(2)
})

test.for([
  ['a port that is none', ['--once'], { PORT: 'http' }, 'PORT must be a port from 1 to 65535, got "http"'],
  ['no place for the database', ['--once'], { TMPDIR: '/nowhere' }, 'no such file or directory'],
  ['no Postgres', ['--once'], { DATABASE_URL: 'postgres://localhost:1/crm' }, 'Postgres: '],
  ['no URL', ['--once'], { DATABASE_URL: 'localhost' }, 'DATABASE_URL must be a URL such as postgres://'],
  ['an option that is none', ['--twice'], {}, "Unknown option '--twice'"],
] as const)('a failure says its reason: %s', async ([, args, env, reason]) => {
  const { stdout, stderr, code } = await runQuickstart([...args], env)
  expect(code).toBe(1)
  expect(stderr).toContain(reason)
  expect(stdout).not.toContain('"events"')
})
