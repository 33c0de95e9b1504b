import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startPrometheus } from '@leadhooks/test-services'
import { testPrometheus } from '@leadhooks/test-services/vitest'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { makeServices, openReceiver, registerTenant, secrets, startPlatform } from './start-platform.ts'

vi.setConfig({ testTimeout: 120_000 })

const folder = join(import.meta.dirname, '..')

function start(file: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['--conditions=@leadhooks/source', `src/${file}`], {
    cwd: folder,
    env: { ...process.env, PORT: '0', METRICS_PORT: '0', ...secrets, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function stop(child: ChildProcess): Promise<unknown> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  return closed
}

/** The port in the line that a process says when it has started. */
async function portOf({ stdout }: ReturnType<typeof start>): Promise<number> {
  let heard = ''
  for await (const chunk of stdout) {
    const [, port] = /(?:"port":|http:\/\/127\.0\.0\.1:)(\d+)/.exec((heard += String(chunk))) ?? []
    if (port !== undefined) return Number(port)
  }
  throw new Error(`It ended without a port, but said: ${heard}`)
}

test('the API and the workers are processes of their own, which log in JSON and stop gracefully', async () => {
  const services = await makeServices()
  const children = [start('server.ts', services), start('worker.ts', services), start('worker.ts', services)]
  const lines = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])))
  for (const line of lines)
    expect(JSON.parse(line.split('\n')[0] ?? '')).toMatchObject({ msg: expect.any(String) })
  expect(await Promise.all(children.map(stop))).toEqual(children.map(() => [0, null]))
})

test.for([
  ['its settings', { DATABASE_URL: '', REDIS_URL: '', SECRET_KEY: '' }, 'DATABASE_URL must name a Postgres'],
  ['its Redis', { REDIS_URL: 'redis://127.0.0.1:1' }, 'Redis does not answer: see REDIS_URL'],
  [
    'its Postgres',
    { DATABASE_URL: 'postgres://127.0.0.1:1/db' },
    'Postgres does not answer: see DATABASE_URL',
  ],
  ['an encryption key', { LEADHOOKS_ENCRYPTION_KEY: '' }, 'Make one with: node -e'],
] as const)('without %s a process says what is wrong, in a line, and ends', async ([, env, reason]) => {
  const child = start('worker.ts', { ...(await makeServices()), ...env })
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect([stderr.trim().split('\n').length, code]).toEqual([1, 1])
  expect(stderr).toContain(reason)
})

test('Prometheus has the metrics of all processes, by the names that dashboards know', async () => {
  const services = await makeServices()
  const api = await startPlatform({}, { services })
  const receiver = await openReceiver({ respond: ({ url }) => (url === '/broken' ? 410 : 200) })
  // The workers of a platform send to public addresses only: this one is of the same process.
  api.platform.leadhooks.startWorker()
  const { id, key } = await registerTenant(api, { rate_limit: 3 })
  for (const path of ['/', '/broken'])
    await api.send('POST', `/api/v1/tenants/${id}/endpoints`, { url: receiver.url + path }, key)

  const worker = start('worker.ts', services)
  const rules = ['alerts', 'aliases'].map((name) =>
    join(folder, `../../packages/prometheus/rules/${name}.yml`),
  )
  const scrapes = [Number(new URL(api.url).port), await portOf(worker)]
  const prometheus = await startPrometheus({ command: await testPrometheus(), scrapes, rules })
  onTestFinished(() => prometheus.close())
  for (let number = 1; number <= 4; number++) {
    const event = { event_id: `evt_${number}`, event_type: 'user.created', payload: {} }
    await api.send('POST', '/api/v1/events', event, key)
  }

  const names = [
    'webhook_events_published_total',
    'webhook_delivery_success_total',
    'webhook_delivery_failure_total',
    'webhook_delivery_duration_seconds_count',
    'webhook_dlq_size',
    'webhook_rate_limit_hits_total',
  ]
  const known = async (name: string): Promise<boolean> => {
    const response = await fetch(`${prometheus.url}/api/v1/query?query=${name} > 0`)
    const { data } = z
      .object({ data: z.object({ result: z.array(z.unknown()) }) })
      .parse(await response.json())
    return data.result.length > 0
  }
  await expect
    .poll(async () => Promise.all(names.map(known)), { timeout: 90_000, interval: 1000 })
    .toEqual(names.map(() => true))
  const response = await fetch(
    `${prometheus.url}/api/v1/query?query=webhook_events_published_total{organization="${id}"}`,
  )
  expect(await response.text()).toContain('user.created')
})

test('what Compose and Prometheus are told of is there', () => {
  const read = (path: string): unknown => parse(readFileSync(join(folder, path), 'utf8'), { merge: true })
  const { services } = z
    .object({
      services: z.record(
        z.string(),
        z.looseObject({ volumes: z.array(z.string()).optional(), command: z.array(z.string()).optional() }),
      ),
    })
    .parse(read('docker-compose.yml'))
  expect(Object.keys(services)).toEqual(['api', 'worker', 'postgres', 'redis', 'prometheus', 'grafana'])
  for (const { volumes = [], command = [] } of Object.values(services)) {
    const files = [...volumes.map((volume) => volume.split(':')[0] ?? ''), ...command].filter((path) =>
      /^(\.|src\/)/.test(path),
    )
    for (const file of files) expect([file, existsSync(join(folder, file))]).toEqual([file, true])
  }
  const { rule_files } = z
    .looseObject({ rule_files: z.array(z.string()) })
    .parse(read('monitoring/prometheus.yml'))
  for (const file of rule_files)
    expect(existsSync(join(folder, '../../packages/prometheus', file))).toBe(true)
})
