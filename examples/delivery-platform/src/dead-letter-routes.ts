import type { Delivery, Leadhooks } from '@leadhooks/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Callers } from './callers.ts'

const params = z.object({ id: z.string() })
const query = z.strictObject({ limit: z.coerce.number().int().optional(), cursor: z.string().optional() })

/** The dead-letter queue: deliveries that were given up, and are not dealt with yet. */
export function deadLetterRoutes(leadhooks: Leadhooks, callers: Callers): FastifyPluginAsyncZod {
  return async (app) => {
    const onRequest = callers.tenant({ publishes: false })

    app.get(
      '/',
      { onRequest, schema: { summary: 'List dead letters', querystring: query } },
      async ({ apiKey, query }) => {
        const { organizationId } = apiKey
        const { data, nextCursor } = await leadhooks.deliveries.list({
          organizationId,
          status: 'dead_letter',
          ...query,
        })
        return {
          data: data.filter(({ resolvedAt }) => resolvedAt === null).map(toDeadLetter),
          next_cursor: nextCursor,
        }
      },
    )

    app.post(
      '/:id/retry',
      { onRequest, schema: { summary: 'Deliver it once more', params } },
      async ({ apiKey, params }, reply) => {
        const { organizationId } = apiKey
        const replay = await leadhooks.deliveries.replay({ organizationId, id: params.id })
        // What becomes of it now shows by the new delivery: should that be given up too, it is in the queue.
        await leadhooks.deliveries.resolve({ organizationId, id: params.id })
        return reply.code(202).send({ id: replay.id, retry_of: params.id, status: replay.status })
      },
    )

    app.post(
      '/:id/resolve',
      { onRequest, schema: { summary: 'Take it off the queue', params } },
      async ({ apiKey, params }) => {
        const { organizationId } = apiKey
        return toDeadLetter(await leadhooks.deliveries.resolve({ organizationId, id: params.id }))
      },
    )
  }
}

function toDeadLetter(delivery: Delivery): object {
  return {
    id: delivery.id,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    endpoint_id: delivery.webhookId,
    reason: delivery.reason,
    attempts: delivery.attempts,
    last_status_code: delivery.statusCode,
    failed_at: delivery.finishedAt,
    resolved_at: delivery.resolvedAt,
  }
}
