import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Express } from 'express'
import { createApp } from '../app.ts'
import { openDatabase } from '../database.ts'
import { type CrmLeadhooks, createCrmLeadhooks } from '../leadhooks.ts'
import { createLiveLog, type LiveLog } from './live-log.ts'
import { portTaken } from './narrator.ts'
import { listen, portFrom } from './ports.ts'

/** The CRM with its worker, and a customer's server, on this machine. */
export interface Stage {
  leadhooks: CrmLeadhooks
  log: LiveLog
  crmUrl: string
  receiverUrl: string
  /** What the receiver said that it verified, in order. */
  verified: { path: string; eventId: string; isShown: boolean }[]
  /** Lets the customer's server answer. */
  receive: (app: Express) => void
  stop: () => Promise<void>
}

export async function startStage(): Promise<Stage> {
  const ports = { crm: portFrom('PORT', 4000), receiver: portFrom('RECEIVER_PORT', 4001) }
  const directory = mkdtempSync(join(tmpdir(), 'lead-crm-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

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
  const database = openDatabase(join(directory, 'lead-crm.db'))
  const leadhooks = createCrmLeadhooks(database, randomBytes(32).toString('base64'), {
    // The receiver is on this machine: a product leaves both of them out.
    network: { allowPrivateAddresses: true, allowHttp: true },
    observe: log.observe,
  })
  await leadhooks.migrate()
  const worker = leadhooks.startWorker()

  const crm = createServer(createApp({ database, leadhooks }))
  const receiver = createServer()
  const crmUrl = await listen(crm, ports.crm, portTaken)
  const receiverUrl = await listen(receiver, ports.receiver, portTaken)

  return {
    leadhooks,
    log,
    crmUrl,
    receiverUrl,
    verified,
    receive: (app) => void receiver.on('request', app),
    async stop() {
      await close(crm)
      await worker.stop({ timeoutMs: 2000 })
      await log.printed()
      await leadhooks.close()
      await close(receiver)
      database.close()
    },
  }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  await closed
}
