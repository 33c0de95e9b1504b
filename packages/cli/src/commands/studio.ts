import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AdminHandler, leadhooksAdmin, portalSessions } from '@leadhooks/admin'
import type { Leadhooks } from '@leadhooks/core'
import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import type { ConfiguredCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { receiveSignals } from '../signals.ts'
import { UsageError } from '../usage-error.ts'

export const studio: ConfiguredCommand = {
  summary: 'Serves the screens to this machine, until it is told to stop',
  optionsHelp: [
    '    --port <port>  the port that it listens on; 4100 unless told',
    '    --write        lets things be changed; without it everything is only shown',
  ],
  options: { port: { type: 'string', default: '4100' }, write: { type: 'boolean' } },
  prepare: ({ port, write }) => {
    const number = parsePort(String(port))
    return async (leadhooks) => {
      await serve(leadhooks, number, write !== true)
      return 0
    }
  },
}

function parsePort(port: string): number {
  const number = Number(port)
  if (/^\d+$/.test(port) && number <= 65_535) return number
  throw new UsageError(`--port must be a number from 0 to 65535, got "${port}"`)
}

const sessionSeconds = 12 * 3600
const codeSeconds = 3600

async function serve(leadhooks: Leadhooks, port: number, readOnly: boolean): Promise<void> {
  const portal = portalSessions({ sessionSeconds, codeSeconds })
  const branding = { name: 'Leadhooks studio' }
  // Nobody but who has the code that is printed below: others can reach a port of this machine too.
  const admin = leadhooksAdmin(leadhooks, { authorize: () => null, portal, readOnly, branding })
  const server = createServer((incoming, outgoing) => {
    answer(admin, incoming, outgoing).catch((error: unknown) => {
      printStatus(String(error))
      outgoing.destroy()
    })
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  const code = portal.createCode({ id: 'studio', name: 'This machine', staff: true, capabilities: 'admin' })
  print(`http://127.0.0.1:${(server.address() as AddressInfo).port}/#code=${code}`)
  printStatus(
    `Open this address within an hour; it works once.${readOnly ? ' --write lets things be changed.' : ''}`,
  )
  await receiveSignals().first
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

/** Only what is asked of this machine by a name of its own: a page elsewhere may have its name lead here. */
async function answer(
  admin: AdminHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(incoming.headers.host ?? '')) {
    outgoing.writeHead(421).end()
    return
  }
  const { remoteAddress } = incoming.socket
  await sendResponse(await admin(toRequest(incoming, outgoing), { clientAddress: remoteAddress }), outgoing)
}
