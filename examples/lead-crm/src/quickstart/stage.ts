import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { portalSessions } from '@leadhooks/admin'
import { leadhooksAdmin } from '@leadhooks/admin/express'
import type { Express } from 'express'
import { createApp } from '../app.ts'
import type { CrmLeadhooks } from '../leadhooks.ts'
import { openCrm } from '../open-crm.ts'
import { createLiveLog, type LiveLog } from './live-log.ts'
import { portTaken } from './narrator.ts'
import { listen, portFrom } from './ports.ts'
import { scratchDatabase } from './scratch-database.ts'

/** The CRM with its worker, and a customer's server, on this machine. */
export interface Stage {
  leadhooks: CrmLeadhooks
  log: LiveLog
  /** Where the CRM keeps everything, in words. */
  database: string
  crmUrl: string
  receiverUrl: string
  /** What the receiver said that it verified, in order. */
  verified: { path: string; eventId: string; isShown: boolean }[]
  /** An address that opens the screens of an organization in a browser, once. */
  screensOf: (organizationId: string) => string
  /** Lets the customer's server answer. */
  receive: (app: Express) => void
  stop: () => Promise<void>
}

export async function startStage(): Promise<Stage> {
  const ports = { crm: portFrom('PORT', 4000), receiver: portFrom('RECEIVER_PORT', 4001) }
  const scratch = scratchDatabase(process.env['DATABASE_URL'])

  const verified: Stage['verified'] = []
  const log = createLiveLog({
    leadhooks: () => leadhooks,
    takeVerified(url, eventId) {
      const { pathname } = new URL(url)
      const request = verified.find((it) => !it.isShown && it.path === pathname && it.eventId === eventId)
      if (request !== undefined) request.isShown = true
      return request !== undefined
    },
  })
  const environment = {
    ...scratch.environment,
    LEADHOOKS_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  }
  const crm = openCrm(environment, {
    // The receiver is on this machine: a product leaves both of them out.
    network: { allowPrivateAddresses: true, allowHttp: true },
    observe: log.observe,
  })
  const { leadhooks } = crm
  await crm.migrate()
  const worker = leadhooks.startWorker()

  // A product has people who are signed in, and says in `authorize` who they are: here whoever has the address that is printed.
  const portal = portalSessions({ sessionSeconds: 12 * 3600, codeSeconds: 3600 })
  const branding = { name: 'Lead CRM', environment: 'quickstart' }
  const screens = leadhooksAdmin(leadhooks, { authorize: () => null, portal, branding })
  const server = createServer(createApp(crm, { screens }))
  const receiver = createServer()
  const crmUrl = await listen(server, ports.crm, portTaken)
  const receiverUrl = await listen(receiver, ports.receiver, portTaken)

  return {
    leadhooks,
    log,
    database: scratch.description,
    crmUrl,
    receiverUrl,
    verified,
    screensOf: (organizationId) =>
      `${crmUrl}/admin/#code=${portal.createCode({ id: 'you', organizationId, capabilities: 'admin' })}`,
    receive: (app) => void receiver.on('request', app),
    async stop() {
      try {
        await close(server)
        await worker.stop({ timeoutMs: 2000 })
        await log.printed()
        await close(receiver)
      } finally {
        await crm.close()
        await scratch.remove()
      }
    },
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await closed
}
