import type { Leadhooks } from '@leadhooks/core'
import { checkApiKey, rateLimitHeaders } from '@leadhooks/core/node-http'
import express, { type Request, type RequestHandler, Router } from 'express'
import { Problem } from './problem.ts'
import type { RecordStore } from './record-store.ts'
import { type Resource, resources } from './records.ts'
import { permissionsOf, userOf } from './session.ts'

/** `/contacts`, say: for API keys and signed-in users who have the permission. */
export function recordRoutes(resource: Resource, records: RecordStore, leadhooks: Leadhooks): Router {
  const { singular, fields, defaults } = resources[resource]
  const may = (action: string): RequestHandler => guard(leadhooks, `${action}:${resource}`)
  const missing = (id: string): Problem => new Problem(404, 'not_found', `There is no ${singular} "${id}"`)
  const json = express.json()
  const router = Router()

  router.get('/', may('read'), async (req, res) => {
    res.json({ success: true, data: await records.list(resource, organizationOf(req)) })
  })
  router.post('/', may('write'), json, async (req, res) => {
    const given = fields.parse({ ...defaults, ...req.body })
    const created = await records.create(resource, organizationOf(req), given)
    res.status(201).json({ success: true, data: created })
  })
  router.get('/:id', may('read'), async (req, res) => {
    const found = await records.get(resource, named(req))
    if (found === null) throw missing(named(req).id)
    res.json({ success: true, data: found })
  })
  router.patch('/:id', may('write'), json, async (req, res) => {
    const updated = await records.update(resource, named(req), fields.exactPartial().parse(req.body))
    if (updated === null) throw missing(named(req).id)
    res.json({ success: true, data: updated })
  })
  router.delete('/:id', may('delete'), async (req, res) => {
    if (!(await records.delete(resource, named(req)))) throw missing(named(req).id)
    res.json({ success: true })
  })
  return router
}

/** An API key counts where there is one; else the user who is signed in. */
function guard(leadhooks: Leadhooks, permission: string): RequestHandler {
  return async (req, res, next) => {
    const user = hasKey(req) ? null : userOf(req)
    if (user === null) {
      const route = `${req.method} ${req.baseUrl}${String(req.route.path)}`
      const options = { permissions: [permission], ip: req.ip, route }
      const check = await checkApiKey(leadhooks, (name) => req.get(name), options)
      res.set(rateLimitHeaders(check.ok ? check.limits : check.refusal.limits))
      if (!check.ok) throw check.refusal
      req.apiKey = check.apiKey
      return next()
    }
    const granted = permissionsOf(user)
    if (granted.includes('*') || granted.includes(permission)) return next()
    throw new Problem(403, 'forbidden', `This needs the permission "${permission}"`)
  }
}

const hasKey = ({ headers }: Request): boolean => 'authorization' in headers || 'x-api-key' in headers

function organizationOf(req: Request): string {
  return req.apiKey?.organizationId ?? userOf(req)?.organizationId ?? ''
}

function named(req: Request): { organizationId: string; id: string } {
  return { organizationId: organizationOf(req), id: String(req.params['id']) }
}
