import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { compare, type Result } from '../results.ts'
import { interleave } from '../rounds.ts'
import { withTemporaryFile } from '../sqlite/temporary-file.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { type Load, requestsPerSecond } from './load.ts'

interface Measured {
  perSecond: number
  /** Of the server's process, in microseconds. */
  cpuPerRequest: number
}

/** Requests a second of a Fastify whose route is guarded by `requireApiKey`, with a limit in memory, beside a bare one. */
export async function fastify({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  const seconds = quick ? 1 : 5
  return withTemporaryFile(async (path) => {
    const server = fork(new URL('fastify-server.ts', import.meta.url), [path])
    const [{ url, token }] = (await once(server, 'message')) as [{ url: string; token: string }]
    const measure = (route: string, load: Load) => () => loadServer(server, new URL(route, url), token, load)

    const results: Result[] = []
    for (const pipelined of [1, 10]) {
      const load = { connections: 64, pipelined, seconds }
      const subjects = { bare: measure('/bare', load), guarded: measure('/guarded', load) }
      await interleave(1, subjects)
      results.push(...compareLoads(pipelined, await interleave(rounds, subjects)))
    }
    server.kill()
    return results
  })
}

function compareLoads(
  pipelined: number,
  { bare, guarded }: { bare: readonly Measured[]; guarded: readonly Measured[] },
): Result[] {
  const names = {
    scenario: `Fastify, 64 connections, ${pipelined} ${pipelined === 1 ? 'request' : 'requests'} at a time on each`,
    subject: 'requireApiKey and a limit',
    baseline: 'bare',
  }
  const row = (unit: string, field: keyof Measured) => ({
    ...names,
    unit,
    values: guarded.map((measured) => measured[field]),
    baselineValues: bare.map((measured) => measured[field]),
  })
  return [
    compare({ ...row('requests/s', 'perSecond'), atLeast: 0.85 }),
    compare(row('µs of the server a request', 'cpuPerRequest')),
  ]
}

/** From this process, so that the server's is the server's alone. */
async function loadServer(server: ChildProcess, url: URL, token: string, load: Load): Promise<Measured> {
  const before = await cpuOf(server)
  const start = performance.now()
  const perSecond = await requestsPerSecond(url, token, load)
  const answered = (perSecond * (performance.now() - start)) / 1000
  return { perSecond, cpuPerRequest: ((await cpuOf(server)) - before) / answered }
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu')
  const [microseconds] = (await once(server, 'message')) as [number]
  return microseconds
}
