// A receiver in a process of its own: it writes every request to a file, has it on disk, and only then answers.
import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { verifySignature } from '@leadhooks/verify-signature'
import type { Behaviour, EndpointMessage } from './endpoint.ts'

const [logFile = '', secret = ''] = process.argv.slice(2)
const log = openSync(logFile, 'a')
const behaviours: Record<string, Behaviour> = {}
let connections = 0
let inFlight = 0
let seen = 0
const samples: { connections: number; inFlight: number }[] = []
let most = { connections: 0, inFlight: 0 }

let unwritten: string[] = []
let written: Promise<void> | undefined

/** Resolves when the line is on disk. Lines that come in the same turn go there together. */
async function record(line: string): Promise<void> {
  unwritten.push(line)
  written ??= new Promise((resolve) => {
    setImmediate(() => {
      const lines = unwritten
      unwritten = []
      written = undefined
      writeSync(log, lines.join(''))
      fdatasyncSync(log)
      resolve()
    })
  })
  return written
}

function isVerified(request: IncomingMessage, payload: Buffer): boolean {
  try {
    verifySignature({ payload, headers: request.headers, secret })
    return true
  } catch {
    return false
  }
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const at = Date.now()
  const payload = await buffer(request)
  const path = request.url ?? ''
  inFlight++
  response.once('close', () => inFlight--)
  seen++
  const { headers } = request
  const verified = isVerified(request, payload) ? 'verified' : 'unverified'
  const attempt = String(headers['x-webhook-attempt'])
  const line = [at, headers['webhook-id'], attempt, verified, path, headers['webhook-timestamp']].join(' ')
  await record(`${line}\n`)
  const behaviour = behaviours[path] ?? behaviours['*'] ?? {}
  if (behaviour.hangs === true) return
  const [from = 0, to = 0] = behaviour.delayMs ?? []
  if (to > 0) await sleep(from + Math.random() * (to - from))
  const isFailure = behaviour.failsFirst === true && attempt === '1'
  response.writeHead(isFailure ? 500 : (behaviour.status ?? 200)).end()
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  // A sender that is killed in the middle of its request has sent none.
  receive(request, response).catch(() => response.destroy())
})
server.on('connection', (socket) => {
  connections++
  let isOpen = true
  const end = (): void => {
    if (isOpen) connections--
    isOpen = false
  }
  socket.once('end', end).once('close', end)
})
// A socket that is cut off and the one that takes its place overlap for a moment: what counts is how many there are for longer.
setInterval(() => {
  samples.push({ connections, inFlight })
  if (samples.length > 5) samples.shift()
  most.connections = Math.max(most.connections, Math.min(...samples.map((sample) => sample.connections)))
  most.inFlight = Math.max(most.inFlight, Math.min(...samples.map((sample) => sample.inFlight)))
}, 20)
// Sixteen workers open all their connections at the same moment.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
)

process.on('message', (message: EndpointMessage) => {
  Object.assign(behaviours, message.behave)
  process.send?.({
    acknowledged: message.number,
    seen,
    mostInFlight: most.inFlight,
    mostConnections: most.connections,
  })
  if (message.resetMost === true) most = { connections: 0, inFlight: 0 }
})
process.on('disconnect', () => process.exit(0))
