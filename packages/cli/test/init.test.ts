import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeProject } from './project.ts'

const patience = { timeout: 90_000 }

test('init writes a config and a key that the other commands work with', patience, async () => {
  const project = makeProject({ '.env': 'PORT=3000' })
  const read = (name: string): string => readFileSync(join(project.directory, name), 'utf8')
  const { exitCode, stdout } = await project.leadhooks('init')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^Wrote leadhooks.config.ts\n[^]*Next:\n[^]*leadhooks migrate\n/)
  const [, key = ''] = /^PORT=3000\nLEADHOOKS_ENCRYPTION_KEY=(\S{44})\n$/.exec(read('.env')) ?? []
  expect(Buffer.from(key, 'base64')).toHaveLength(32)
  expect(read('.env.example')).toMatch(/^# 32 random bytes[^]*\nLEADHOOKS_ENCRYPTION_KEY=\n$/)
  expect(stdout + read('.env.example')).not.toContain(key)

  process.env['LEADHOOKS_ENCRYPTION_KEY'] = key
  onTestFinished(() => void delete process.env['LEADHOOKS_ENCRYPTION_KEY'])
  expect(await project.leadhooks('migrate')).toMatchObject({ exitCode: 0 })
  expect(await project.leadhooks('doctor')).toMatchObject({ exitCode: 0 })
})

test('init overwrites nothing', patience, async () => {
  const project = makeProject({ 'leadhooks.config.mjs': 'mine' })
  expect(await project.leadhooks('init')).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/leadhooks.config.mjs is there already/) as string,
  })
  expect(readFileSync(join(project.directory, 'leadhooks.config.mjs'), 'utf8')).toBe('mine')
  expect(statSync(join(project.directory, '.env'), { throwIfNoEntry: false })).toBeUndefined()
})

test(
  'init --database postgres leaves what .env has, and keeps a new one to its owner',
  patience,
  async () => {
    const project = makeProject({})
    const env = join(project.directory, '.env')
    writeFileSync(join(project.directory, '.env.example'), 'LEADHOOKS_ENCRYPTION_KEY=\nDATABASE_URL=\n')
    const { exitCode, stdout } = await project.leadhooks('init', '--database', 'postgres')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('.env.example has all it needs already')
    expect(readFileSync(env, 'utf8')).toMatch(/^DATABASE_URL=postgres:.*\nLEADHOOKS_ENCRYPTION_KEY=\S{44}\n$/)
    expect(statSync(env).mode & 0o077).toBe(0)
    expect(await project.leadhooks('init', '--database', 'oracle')).toMatchObject({ exitCode: 2 })
  },
)
