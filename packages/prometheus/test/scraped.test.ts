import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startPrometheus } from '@leadhooks/test-services'
import { testPrometheus } from '@leadhooks/test-services/vitest'
import type { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { open, openReceiver, organizationId } from './open.ts'
import type { RuleFile } from './rule-file.ts'

const folder = join(import.meta.dirname, '..')
const rulePaths = ['alerts', 'aliases'].map((name) => join(folder, `rules/${name}.yml`))

interface Dashboard {
  panels: { title: string; targets?: { expr: string }[] }[]
}

async function serve(register: Registry): Promise<number> {
  const server = createServer((_request, response) => {
    void register.metrics().then((text) => response.setHeader('content-type', register.contentType).end(text))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** What a query answers: one value for each series. */
async function query(url: string, expr: string): Promise<number[]> {
  const body = new URLSearchParams({ query: expr })
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
  const { status, error, data } = (await response.json()) as {
    status: string
    error?: string
    data: { result: { value: [number, string] }[] }
  }
  if (status !== 'success') throw new Error(`${expr}: ${error}`)
  return data.result.map(({ value }) => Number(value[1]))
}

describe('a Prometheus that has scraped it', () => {
  test('answers every query of the dashboard, the alerts and the aliases', async () => {
    const { leadhooks, register } = await open({ backlogEveryMs: 0 })
    const receiver = await openReceiver({ respond: [200, 500, 500, 200] })
    const port = await serve(register)
    const prometheus = await startPrometheus({
      command: await testPrometheus(),
      scrapes: port,
      rules: rulePaths,
    })
    onTestFinished(() => prometheus.close())
    await leadhooks.webhooks.create({ organizationId, url: receiver.url, concurrency: 1 })
    const { token } = await leadhooks.apiKeys.create({
      organizationId,
      name: 'x',
      role: 'read_only',
      rateLimits: [{ name: 'once', limit: 1, windowMs: 3_600_000 }],
    })
    leadhooks.startWorker()

    // A counter has a rate from its second sample on.
    const go = async (): Promise<void> => {
      await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
      await leadhooks.apiKeys.verify(token)
    }
    const { panels } = JSON.parse(readFileSync(join(folder, 'grafana/leadhooks.json'), 'utf8')) as Dashboard
    const queries = panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')),
    )
    const rules = rulePaths.flatMap((path) =>
      (parse(readFileSync(path, 'utf8')) as RuleFile).groups.flatMap((group) => group.rules),
    )
    const recorded = rules.flatMap(({ record }) => record ?? [])
    expect([queries.length, recorded.length]).toEqual([26, 8])
    await expect
      .poll(
        async () => {
          await go()
          const asked = [...queries, ...recorded]
          const answers = await Promise.all(asked.map(async (expr) => query(prometheus.url, expr)))
          return asked.filter((_, index) => answers[index]?.length === 0)
        },
        { timeout: 25_000, interval: 1000 },
      )
      .toEqual([])
    for (const { expr } of rules) await query(prometheus.url, expr)
    // Rules are evaluated a moment after what they record was scraped.
    await expect
      .poll(async () => {
        const alias = await query(prometheus.url, 'webhook_delivery_success_total')
        const own = await query(prometheus.url, 'sum(leadhooks_delivery_attempts_total{outcome="succeeded"})')
        return own[0] !== undefined && own[0] === alias[0]
      })
      .toBe(true)
  })
})
