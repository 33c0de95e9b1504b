import { requireApiKey } from '@leadhooks/express'
import express, { type Router } from 'express'
import { events } from './events.ts'
import type { CrmLeadhooks } from './leadhooks.ts'
import { readBody } from './read-body.ts'

/** Lets whoever keeps leads elsewhere tell of them: `POST /events/leads` and `/events/leads/updates` dispatch what they are sent. */
export function leadEvents(leadhooks: CrmLeadhooks): Router {
  const canDispatch = requireApiKey(leadhooks, { permissions: ['write:events'] })
  const json = express.json()
  const router = express.Router()

  router.post('/events/leads', canDispatch, json, async (req, res) => {
    const data = readBody(events.new_lead.schema, req)
    const { organizationId } = req.apiKey
    res.status(202).json(await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data }))
  })
  router.post('/events/leads/updates', canDispatch, json, async (req, res) => {
    const data = readBody(events.lead_update.schema, req)
    const { organizationId } = req.apiKey
    res.status(202).json(await leadhooks.dispatchEvent({ organizationId, type: 'lead_update', data }))
  })
  return router
}
