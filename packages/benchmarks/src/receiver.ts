// The receiver of the benchmarks, in a process of its own: answers 200 and counts. When it is told to, it answers late,
// and measures how long ago the event of each request was written (`t0` in its data).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monotonicMs } from './monotonic.ts'
import type { Received, ReceiverCommand, ReceiverPlan } from './start-receiver.ts'

let plan: ReceiverPlan = {}
let seen: Received = nothingReceived()

function nothingReceived(): Received {
  return { received: 0, firstAt: null, lastAt: null, paths: {} }
}

const server = createServer((request, response) => {
  const measures = plan.measureLatency === true
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => measures && chunks.push(chunk))
  request.on('end', () => {
    const now = monotonicMs()
    seen.received++
    seen.firstAt ??= now
    seen.lastAt = now
    if (measures) note(request, Buffer.concat(chunks).toString(), now)
    answer(request, response)
  })
})

function note(request: IncomingMessage, body: string, now: number): void {
  const { data } = JSON.parse(body) as { data: { t0: number } }
  const path = (seen.paths[request.url ?? ''] ??= { latencies: [], answered: 0 })
  path.latencies.push(now - data.t0)
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? ''
  const delay = plan.slow?.path === path ? plan.slow.delayMs : (plan.delayMs ?? 0)
  const end = (): void => {
    response.end('ok')
    const counts = seen.paths[path]
    if (counts !== undefined && !response.destroyed) counts.answered++
  }
  if (delay === 0) end()
  else setTimeout(end, delay)
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
})
process.on('message', (command: ReceiverCommand) => {
  if (command.kind === 'plan') {
    plan = command.plan
    if (command.forget) seen = nothingReceived()
  }
  process.send?.(seen)
})
process.on('disconnect', () => process.exit(0))
