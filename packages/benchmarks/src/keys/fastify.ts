import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import { compare, type Result } from '../results.ts'
import { interleave } from '../rounds.ts'
import { withTemporaryFile } from '../sqlite/temporary-file.ts'
import type { SuiteOptions } from '../suite-options.ts'

interface Load {
  requestsPerSecond: number
  /** Of the server's process, in microseconds. */
  cpuPerRequest: number
}

/** Requests a second of a Fastify whose route is guarded by `requireApiKey`, with a limit in memory, beside a bare one. */
export async function fastify({ rounds, quick }: SuiteOptions): Promise<Result[]> {
  return withTemporaryFile(async (path) => {
    const server = fork(new URL('fastify-server.ts', import.meta.url), [path])
    const [{ url, token }] = (await once(server, 'message')) as [{ url: string; token: string }]
    const load = (route: string, seconds: number) => () => loadServer(server, url + route, token, seconds)
    const seconds = quick ? 1 : 5
    await load('/bare', 2)()
    await load('/guarded', 2)()
    const { bare, guarded } = await interleave(rounds, {
      bare: load('/bare', seconds),
      guarded: load('/guarded', seconds),
    })
    server.kill()

    const names = {
      scenario: 'Fastify, one server process',
      subject: 'requireApiKey and a limit',
      baseline: 'bare',
    }
    const pick = (loads: readonly Load[], field: keyof Load) => loads.map((measured) => measured[field])
    return [
      compare({
        ...names,
        unit: 'requests/s',
        values: pick(guarded, 'requestsPerSecond'),
        baselineValues: pick(bare, 'requestsPerSecond'),
        atLeast: 0.85,
      }),
      compare({
        ...names,
        unit: 'µs of the server a request',
        values: pick(guarded, 'cpuPerRequest'),
        baselineValues: pick(bare, 'cpuPerRequest'),
      }),
    ]
  })
}

/** From this process, so that the server's is the server's alone. Pipelined: the client must not be what is measured. */
async function loadServer(server: ChildProcess, url: string, token: string, seconds: number): Promise<Load> {
  const before = await cpuOf(server)
  const result = await autocannon({
    url,
    connections: 20,
    pipelining: 10,
    duration: seconds,
    headers: { authorization: `Bearer ${token}` },
  })
  const cpu = (await cpuOf(server)) - before
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`)
  return { requestsPerSecond: result.requests.average, cpuPerRequest: cpu / result.requests.total }
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send('cpu')
  const [microseconds] = (await once(server, 'message')) as [number]
  return microseconds
}
