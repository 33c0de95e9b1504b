import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { listen } from '../src/quickstart/ports.ts'

vi.setConfig({ testTimeout: 30_000 })

const quickstart = fileURLToPath(new URL('../src/quickstart.ts', import.meta.url))

function start(args: string[], env: NodeJS.ProcessEnv) {
  const nodeArgs = ['--conditions=@leadhooks/source', quickstart, ...args]
  return spawn(process.execPath, nodeArgs, { env: { ...process.env, NO_COLOR: '1', ...env } })
}

async function runQuickstart(args: string[], env: NodeJS.ProcessEnv = { PORT: '0', RECEIVER_PORT: '0' }) {
  const child = start(args, env)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { stdout, stderr, code: z.number().parse(code) }
}

test('shows everything, checks itself, and ends with its numbers in JSON', async () => {
  const { stdout, stderr, code } = await runQuickstart(['--once'])
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
    /new_lead +Ada Lovelace +healthy +#1 +200 +delivered, verified/,
    /lead_update +Ada Lovelace +flaky +#1 +503 +failed, retry in 0.2 s/,
    /new_lead +Alan Turing +flaky +#3 +200 +delivered, verified/,
    /new_lead +Alan Turing +broken +#4 +500 +given up: dead letter/,
    /new_lead +Alan Turing +broken +#1 +200 +replay delivered, verified/,
    /forged +401 no_match/,
    /import +409 duplicate_lead/,
  ]) {
    expect(stdout).toMatch(shown)
  }
  // No escape codes where no terminal is.
  expect(stdout).not.toContain('\u001b')
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
  ['an option that is none', ['--twice'], {}, "Unknown option '--twice'"],
] as const)('a failure says its reason: %s', async ([, args, env, reason]) => {
  const { stdout, stderr, code } = await runQuickstart([...args], env)
  expect(code).toBe(1)
  expect(stderr).toContain(reason)
  expect(stdout).not.toContain('"events"')
})

test('stays up with commands to try, and stops gracefully when it is interrupted', async () => {
  const child = start([], { PORT: '0', RECEIVER_PORT: '0' })
  const closed = once(child, 'close')
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  await vi.waitFor(() => expect(output).toContain('# Post a lead that is none'), { timeout: 20_000 })
  child.kill('SIGINT')
  expect(await closed).toEqual([0, null])
  expect(output).toContain('Stopping')
})
