import express, { Router } from 'express'
import { z } from 'zod'
import type { CallApi } from './management-api.ts'

/** What the fields of a webhook are called in this CRM. */
const names = { eventTypes: 'events', enabled: 'isActive' }

/** `/api/webhooks`: the webhooks of Leadhooks, in the words of this CRM. */
export function webhookRoutes(call: CallApi): Router {
  const router = Router()
  router.use(express.json())

  router.post('/', async (req, res) => {
    const created = await call(
      req,
      res,
      { method: 'POST', path: '/webhooks', body: toLeadhooks(req.body) },
      names,
    )
    res.status(201).json({ success: true, data: toCrm(created) })
  })
  router.get('/', async (req, res) => {
    const { data, nextCursor } = list.parse(
      await call(req, res, { method: 'GET', path: '/webhooks', query: queryOf(req.query) }),
    )
    res.json({ success: true, data: data.map(toCrm), nextCursor })
  })
  router.get('/:id', async (req, res) => {
    res.json({
      success: true,
      data: toCrm(
        await call(req, res, { method: 'GET', path: `/webhooks/${encodeURIComponent(req.params.id)}` }),
      ),
    })
  })
  router.patch('/:id', async (req, res) => {
    const path = `/webhooks/${encodeURIComponent(req.params.id)}`
    const changed = await call(req, res, { method: 'PATCH', path, body: toLeadhooks(req.body) }, names)
    res.json({ success: true, data: toCrm(changed) })
  })
  router.delete('/:id', async (req, res) => {
    await call(req, res, { method: 'DELETE', path: `/webhooks/${encodeURIComponent(req.params.id)}` })
    res.json({ success: true })
  })
  router.post('/:id/test', async (req, res) => {
    const path = `/webhooks/${encodeURIComponent(req.params.id)}/test`
    res.json({ success: true, data: await call(req, res, { method: 'POST', path, body: req.body ?? {} }) })
  })
  return router
}

const list = z.object({ data: z.array(z.looseObject({})), nextCursor: z.string().nullable() })

const queryOf = (query: object): Record<string, string> => z.record(z.string(), z.string()).parse(query)

/** What is no object goes on as it is, for the management API to refuse. */
function toLeadhooks(body: unknown): unknown {
  return isObject(body) ? renameKeys(body, ([theirs, ours]) => [ours, theirs]) : body
}

function toCrm(webhook: Record<string, unknown>): Record<string, unknown> {
  return renameKeys(webhook, (pair) => pair)
}

function renameKeys(
  object: Record<string, unknown>,
  direction: (pair: [string, string]) => [from: string, to: string],
): Record<string, unknown> {
  const renamed = new Map(Object.entries(names).map(direction))
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [renamed.get(key) ?? key, value]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
