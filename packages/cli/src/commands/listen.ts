import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { isSignatureError, verifySignature } from '@leadhooks/verify-signature'
import type { BareCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { secretFrom, secretHelp, secretOption } from '../secret-from-environment.ts'
import { receiveSignals } from '../signals.ts'
import { required, wholeNumber } from '../values.ts'

export const listen: BareCommand = {
  summary: 'A receiver on this machine that verifies what it gets and shows it, until Ctrl-C',
  optionsHelp: [
    '    --port <port>     where it listens, on 127.0.0.1; 8787 by default, 0 for any',
    secretHelp,
    '    --fail <count>    answers 500 to so many requests first, to see the retries',
  ],
  options: {
    ...secretOption,
    port: { type: 'string', default: '8787' },
    fail: { type: 'string', default: '0' },
  },
  prepareBare: (values) => {
    const secret = secretFrom(required(values, 'secret-env'))
    const port = wholeNumber(values, 'port')
    const failures = wholeNumber(values, 'fail')
    return async () => receive(secret, port, failures)
  },
}

async function receive(secret: string, port: number, failures: number): Promise<number> {
  let left = failures
  const server = createServer((request, response) => {
    const isToFail = left > 0
    if (isToFail) left--
    answer(request, response, secret, isToFail).catch((error: unknown) => printStatus(String(error)))
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  printStatus(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await receiveSignals().first
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return 0
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
  isToFail: boolean,
): Promise<void> {
  const payload = await buffer(request)
  const verdict = judge(payload, request, secret)
  const status = isToFail ? 500 : verdict.isGenuine ? 200 : 401
  const { 'webhook-id': id, 'x-webhook-event': type, 'x-webhook-attempt': attempt } = request.headers
  print(`${new Date().toISOString()}  ${String(type)}  ${String(id)}  attempt ${String(attempt)}`)
  print(`  ${verdict.says}, answered ${status}`)
  print(indented(payload.toString()))
  response.writeHead(status).end()
}

function judge(
  payload: Buffer,
  { headers }: IncomingMessage,
  secret: string,
): { isGenuine: boolean; says: string } {
  try {
    verifySignature({ payload, headers, secret })
    return { isGenuine: true, says: 'The signature is right' }
  } catch (error) {
    if (!isSignatureError(error)) throw error
    return { isGenuine: false, says: `${error.code}: ${error.message}` }
  }
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2).replaceAll(/^/gm, '  ')
  } catch {
    return `  ${body}`
  }
}
