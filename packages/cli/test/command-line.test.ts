import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeProject } from './project.ts'

const patience = { timeout: 30_000 }

test('--help lists the commands, and for each of them its options', patience, async () => {
  const { leadhooks } = makeProject({})
  expect(await leadhooks('--help')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/worker[^]*migrate[^]*doctor/) as string,
  })
  for (const [command, option] of [
    ['worker', '--timeout'],
    ['migrate', '--dry-run'],
    ['doctor', '--json'],
  ] as const) {
    const { exitCode, stdout } = await leadhooks(command, '--help')
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(option) as string])
    expect(stdout).toContain('--config')
  }
})

test('--version says the version of the package', patience, async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(await makeProject({}).leadhooks('--version')).toEqual({
    exitCode: 0,
    stdout: `${version}\n`,
    stderr: '',
  })
})

test.each([
  [[], /^No command was given: expected one of init, worker, migrate, doctor, keys create, /],
  [
    ['wroker'],
    /^Unknown command "wroker": expected one of init, worker, migrate, doctor, .*\. `leadhooks --help`/,
  ],
  [['keys'], /^Unknown command "keys": expected one of keys create, keys list, keys revoke\. /],
  [['keys', 'make'], /^Unknown command "keys make": expected one of keys create, keys list, keys revoke\. /],
  [['keys', 'list'], /^--organization is missing/],
  [
    ['deliveries', 'replay', '-o', 'acme'],
    /^Expected one <id>, got 0\. `leadhooks deliveries replay --help`/,
  ],
  [['keys', 'create', '-o', 'acme', '--name', 'x', '--role', 'boss'], /^--role must be one of admin, /],
  [
    ['keys', 'create', '-o', 'acme', '--name', 'x', '--role', 'admin'],
    /^The token would go to a file or a pipe/,
  ],
  [['listen', '--secret-env', 'NONE_SUCH'], /^The variable NONE_SUCH is empty/],
  [['listen', '--port', 'x', '--secret-env', 'PATH'], /^--port must be a whole number from 0 up, got "x"/],
  [['constructor'], /^Unknown command "constructor"/],
  [['migrate', '--dryrun'], /^Unknown option '--dryrun'\. `leadhooks migrate --help`/],
  [['worker', 'now'], /^Unexpected argument 'now'\. `leadhooks worker --help`/],
  [['worker', '--timeout'], /^Option '--timeout <value>' argument missing/],
  [['worker', '--timeout', '10'], /^--timeout must be a time such as 10s, 500ms or 2m, got "10"/],
])('%j is refused with a hint', patience, async (args, says) => {
  const { exitCode, stdout, stderr } = await makeProject({}).leadhooks(...args)
  expect(stderr).toMatch(says)
  expect([exitCode, stdout]).toEqual([2, ''])
})
