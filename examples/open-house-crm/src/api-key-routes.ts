import express, { Router } from 'express'
import { z } from 'zod'
import type { CallApi } from './management-api.ts'

/** `/api/api-keys`: the API keys of Leadhooks, in the words of this CRM. */
export function apiKeyRoutes(call: CallApi): Router {
  const router = Router()
  const pathOf = (id: string): string => `/keys/${encodeURIComponent(id)}`

  router.post('/', express.json(), async (req, res) => {
    const created = await call(req, res, { method: 'POST', path: '/keys', body: req.body })
    res.status(201).json({ success: true, data: created })
  })
  router.get('/', async (req, res) => {
    const query = z.record(z.string(), z.string()).parse(req.query)
    res.json({ success: true, ...(await call(req, res, { method: 'GET', path: '/keys', query })) })
  })
  /** Another token for the same key, and the end of the former one. `/api/v1/keys/{id}/rotate` lets that live on for a while. */
  router.post('/:id/regenerate', async (req, res) => {
    const path = `${pathOf(req.params.id)}/rotate`
    res.json({
      success: true,
      data: await call(req, res, { method: 'POST', path, body: { graceSeconds: 0 } }),
    })
  })
  router.delete('/:id', async (req, res) => {
    res.json({ success: true, data: await call(req, res, { method: 'DELETE', path: pathOf(req.params.id) }) })
  })
  return router
}
