import { Router } from 'express'
import { z } from 'zod'
import type { CallApi } from './management-api.ts'

const statuses = {
  success: 'delivered',
  failed: 'dead_letter',
  pending: 'pending',
  retrying: 'retrying',
  cancelled: 'cancelled',
} as const
const names = { webhookId: 'webhook_id', eventType: 'event_type' }

const query = z.strictObject({
  webhook_id: z.string().optional(),
  event_type: z.string().optional(),
  status: z.enum(['success', 'failed', 'pending', 'retrying', 'cancelled']).optional(),
  limit: z.string().optional(),
  cursor: z.string().optional(),
})

const delivery = z.object({
  id: z.string(),
  webhookId: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  status: z.enum(['pending', 'retrying', 'delivered', 'dead_letter', 'cancelled']),
  reason: z.string().nullable(),
  attempts: z.number(),
  nextAttemptAt: z.string().nullable(),
  statusCode: z.number().nullable(),
  failure: z.string().nullable(),
  replayOf: z.string().nullable(),
  replayRoot: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
})

/** `/api/webhooks/logs` and `/api/webhooks/analytics`: deliveries and what came of them, in the words of this CRM. */
export function logRoutes(call: CallApi): Router {
  const router = Router()

  router.get('/logs', async (req, res) => {
    const { webhook_id: webhookId, event_type: eventType, status, ...page } = query.parse(req.query)
    const filters = { ...page, webhookId, eventType, status: status && statuses[status] }
    const answer = await call(req, res, { method: 'GET', path: '/deliveries', query: filters }, names)
    const { data, nextCursor } = z
      .object({ data: z.array(delivery), nextCursor: z.string().nullable() })
      .parse(answer)
    res.json({ success: true, data: data.map(toLog), nextCursor })
  })
  router.get('/logs/:id', async (req, res) => {
    const found = await call(req, res, { method: 'GET', path: pathOf(req.params.id) })
    res.json({ success: true, data: { ...toLog(delivery.parse(found)), attempt_log: found['attemptLog'] } })
  })
  /** What waits is made due now; what is finished is sent once more, as a log of its own that names the first. */
  router.post('/logs/:id/retry', async (req, res) => {
    const { status } = delivery.parse(await call(req, res, { method: 'GET', path: pathOf(req.params.id) }))
    const verb = status === 'pending' || status === 'retrying' ? 'retry' : 'replay'
    const retried = await call(req, res, { method: 'POST', path: `${pathOf(req.params.id)}/${verb}` })
    res.json({ success: true, data: toLog(delivery.parse(retried)) })
  })

  router.get('/analytics', async (req, res) => {
    const period = z.strictObject({ from: z.string(), to: z.string() }).partial().parse(req.query)
    const data = await call(req, res, { method: 'GET', path: '/analytics', query: period })
    res.json({ success: true, data: figures.parse(data) })
  })
  return router
}

const pathOf = (id: string): string => `/deliveries/${encodeURIComponent(id)}`

const figures = z.object({
  total_webhooks: z.number(),
  active_webhooks: z.number(),
  total_deliveries: z.number(),
  success_rate: z.number(),
  average_response_time: z.number(),
  healthy_webhooks: z.number(),
  failed_webhooks: z.number(),
})

function toLog(one: z.output<typeof delivery>): Record<string, unknown> {
  const [status] = Object.entries(statuses).find(([, theirs]) => theirs === one.status) ?? []
  return {
    id: one.id,
    webhook_id: one.webhookId,
    event_id: one.eventId,
    event_type: one.eventType,
    status,
    reason: one.reason ?? one.failure,
    attempts: one.attempts,
    response_status: one.statusCode,
    next_retry_at: one.nextAttemptAt,
    replay_of: one.replayOf,
    replay_root: one.replayRoot,
    created_at: one.createdAt,
    finished_at: one.finishedAt,
  }
}
