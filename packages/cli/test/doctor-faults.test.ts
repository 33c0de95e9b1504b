import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnosis } from '@leadhooks/core'
import { testRedis } from '@leadhooks/test-services/vitest'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Project } from './project.ts'
import { eachStorage, openLeadhooks } from './storages.ts'

const patience = { timeout: 90_000 }

interface Found {
  exitCode: number | null
  healthy: boolean
  found: (check: string) => Diagnosis | undefined
}

async function examine(project: Project, ...options: string[]): Promise<Found> {
  const { exitCode, stdout } = await project.leadhooks('doctor', '--json', ...options)
  const { healthy, diagnoses } = JSON.parse(stdout) as { healthy: boolean; diagnoses: Diagnosis[] }
  return { exitCode, healthy, found: (check) => diagnoses.find((diagnosis) => diagnosis.check === check) }
}

/** Writes the config of a project anew, changed. */
function rewrite(project: Project, change: (config: string) => string): void {
  const path = join(project.directory, 'leadhooks.config.mjs')
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

describe.each(eachStorage)('a doctor finds, on %s,', patience, (_, openProject) => {
  test('another encryption key than the one that has sealed the secrets', async () => {
    const { project, open } = await openProject()
    const leadhooks = openLeadhooks(open())
    await leadhooks.migrate()
    await leadhooks.webhooks.create({ organizationId: 'acme', url: 'http://127.0.0.1:8080' })
    expect((await examine(project)).found('stored-credentials')).toMatchObject({ status: 'ok' })
    const [right, wrong] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string]
    rewrite(project, (config) => config.replace(right, wrong))
    const { exitCode, healthy, found } = await examine(project)
    expect([exitCode, healthy]).toEqual([1, false])
    expect(found('stored-credentials')).toMatchObject({
      status: 'problem',
      message: expect.stringContaining('put the key "k1"') as string,
    })
    const worker = await project.leadhooks('worker')
    expect(worker).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('was not started') as string,
    })
  })

  test('that no worker is there, until one is', async () => {
    const { project, open } = await openProject()
    await openLeadhooks(open()).migrate()
    expect((await examine(project)).found('workers')).toMatchObject({ status: 'warning' })
    expect((await examine(project, '--strict')).exitCode).toBe(1)
    const worker = project.start('worker')
    await worker.said('The worker is sending')
    await expect
      .poll(async () => (await examine(project)).found('workers')?.status, { timeout: 60_000 })
      .toBe('ok')
    worker.process.kill('SIGTERM')
    await worker.ended
  })

  test('a Redis that is gone', async () => {
    const { project, open } = await openProject()
    await openLeadhooks(open()).migrate()
    const { port } = new URL((await testRedis()).url)
    const ioredis = createRequire(new URL('../../redis/package.json', import.meta.url)).resolve('ioredis')
    rewrite(project, (config) =>
      config
        .replace(
          'export default',
          `import { Redis } from '${ioredis}'
           import { redisRateLimiter } from '@leadhooks/redis'
           const client = new Redis({ port: ${port}, maxRetriesPerRequest: 1 })
           client.on('error', () => {})
           export default`,
        )
        .replace('({ storage', '({ rateLimiter: redisRateLimiter({ client }), storage'),
    )
    expect((await examine(project)).found('rate-limiter')).toMatchObject({ status: 'ok' })
    rewrite(project, (config) => config.replace(`port: ${port}`, 'port: 9'))
    const { exitCode, found } = await examine(project)
    expect([exitCode, found('rate-limiter')?.status]).toEqual([0, 'warning'])
    const strict = await examine(project, '--strict')
    expect([strict.exitCode, strict.healthy]).toEqual([1, false])
  })
})

test('a doctor finds a clock that is off from that of the database', patience, async () => {
  const [, openProject] = eachStorage.find(([name]) => name === 'Postgres') ?? []
  if (openProject === undefined) throw new Error('There is no Postgres')
  const { project, open } = await openProject()
  await openLeadhooks(open()).migrate()
  const skew = join(project.directory, 'skew.mjs')
  writeFileSync(skew, 'const right = Date.now\nDate.now = () => right() + 60_000')
  process.env['NODE_OPTIONS'] = `--import ${pathToFileURL(skew).href}`
  onTestFinished(() => void delete process.env['NODE_OPTIONS'])
  const { exitCode, found } = await examine(project)
  expect(exitCode).toBe(0)
  expect(found('clock')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/60 s ahead of/) as string,
  })
  expect((await examine(project, '--strict')).exitCode).toBe(1)
})
