import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileCache } from './compile-cache.ts'

/** How the endpoint answers on a path. */
export interface Behaviour {
  /** @default 200 */
  status?: number
  /** Answers after a random time between these two. @default at once */
  delayMs?: readonly number[]
  /** Never answers. */
  hangs?: boolean
  /** Answers the first attempt of each delivery with a 500. */
  failsFirst?: boolean
}

/** What the endpoint is told; it answers each with its counts. */
export interface EndpointMessage {
  number: number
  behave?: Record<string, Behaviour>
  resetMost?: boolean
}

export interface EndpointCounts {
  seen: number
  /** The most at once since this was last reset, of what lasted for a tenth of a second. */
  mostInFlight: number
  mostConnections: number
}

export interface LoggedRequest {
  /** Milliseconds since the epoch. */
  at: number
  /** The `webhook-id`: that of the event. */
  id: string
  attempt: number
  isVerified: boolean
  path: string
  /** The `webhook-timestamp`, in seconds since the epoch. */
  timestamp: number
}

export interface Endpoint {
  url: string
  /** By path; `*` stands for all others. */
  behave(behaviours: Record<string, Behaviour>): Promise<EndpointCounts>
  counts(options?: { resetMost?: boolean }): Promise<EndpointCounts>
  /** Every request so far, in the order of their coming. */
  requests(): LoggedRequest[]
  close(): Promise<void>
}

export async function startEndpoint(directory: string, secret: string, name = 'endpoint'): Promise<Endpoint> {
  const logFile = join(directory, `${name}.log`)
  const child = fork(new URL('endpoint-process.ts', import.meta.url), [logFile, secret], {
    execArgv: ['--conditions=@leadhooks/source'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  let sent = 0

  async function tell(message: Omit<EndpointMessage, 'number'>): Promise<EndpointCounts> {
    const number = ++sent
    const answer = new Promise<EndpointCounts>((resolve) => {
      const listen = (counts: EndpointCounts & { acknowledged: number }): void => {
        if (counts.acknowledged !== number) return
        child.off('message', listen)
        resolve(counts)
      }
      child.on('message', listen)
    })
    child.send({ ...message, number })
    return answer
  }

  return {
    url: `http://127.0.0.1:${port}`,
    behave: async (behave) => tell({ behave }),
    counts: async ({ resetMost = false } = {}) => tell({ resetMost }),
    requests: () => readFileSync(logFile, 'utf8').split('\n').slice(0, -1).map(parse),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

function parse(line: string): LoggedRequest {
  const [at, id = '', attempt, verified, path = '', timestamp] = line.split(' ')
  return {
    at: Number(at),
    id,
    attempt: Number(attempt),
    isVerified: verified === 'verified',
    path,
    timestamp: Number(timestamp),
  }
}
