import { leadhooksExpress, requireApiKey } from '@leadhooks/express'
import express, { type Express, type RequestHandler } from 'express'
import { z } from 'zod'
import { admin } from './admin.ts'
import type { Crm } from './crm.ts'
import { docs } from './docs.ts'
import { leadEvents } from './lead-events.ts'
import { leadChanges, newLead } from './lead.ts'
import { otherNameOf } from './other-name.ts'
import { answerProblem, Problem } from './problem.ts'
import { readBody } from './read-body.ts'

export interface AppOptions {
  /** Lets the staff in at `/admin`. Without one there is no such page. */
  adminPassword?: string | undefined
  /** What is served at `/admin` in place of that. */
  screens?: RequestHandler | undefined
}

/** The CRM's API: its own routes, guarded by API keys, and the management API of Leadhooks beside them. */
export function createApp({ leads, leadhooks }: Crm, { adminPassword, screens }: AppOptions = {}): Express {
  const canRead = requireApiKey(leadhooks, { permissions: ['read:leads'] })
  const canWrite = requireApiKey(leadhooks, { permissions: ['write:leads'] })
  // After the guard: nothing is read from a caller without a key.
  const json = express.json()

  const app = express()
  app.disable('x-powered-by')
  app.get('/', (_req, res) => {
    res.json({
      name: 'Lead CRM',
      links: { api: '/api/v1', docs: '/docs', health: '/health', openapi: '/openapi.json' },
    })
  })
  app.get('/health', otherNameOf(leadhooks, '/health'))
  app.use(docs(leadhooks))
  if (adminPassword) app.use('/admin', admin(leadhooks, adminPassword))
  if (screens !== undefined) app.use('/admin', screens)

  // Before the management API, which would take "deliveries" and "leads" for ids.
  const api = express.Router()
  api.get('/webhooks/deliveries', otherNameOf(leadhooks, '/deliveries'))
  api.use(leadEvents(leadhooks))
  app.use('/api/v1', api, leadhooksExpress(leadhooks))

  app.get('/leads', canRead, async (req, res) => {
    res.json({ data: await leads.listLeads(req.apiKey.organizationId) })
  })
  app.post('/leads', canWrite, json, async (req, res) => {
    res.status(201).json(await leads.createLead(req.apiKey.organizationId, readBody(newLead, req)))
  })
  app.post('/leads/import', canWrite, json, async (req, res) => {
    res
      .status(201)
      .json({ data: await leads.importLeads(req.apiKey.organizationId, readBody(leadList, req)) })
  })
  app.patch('/leads/:id', canWrite, json, async (req, res) => {
    const { id } = req.params
    const lead = await leads.updateLead(req.apiKey.organizationId, id, readBody(leadChanges, req))
    if (lead === null) throw new Problem(404, 'not_found', `No lead "${id}" in this organization`)
    res.json(lead)
  })

  app.use((req) => {
    throw new Problem(404, 'not_found', `There is nothing at ${req.method} ${req.path}`)
  })
  app.use(answerProblem)
  return app
}

const leadList = z.array(newLead).min(1).max(1000)
