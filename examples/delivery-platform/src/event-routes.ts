import type { Leadhooks } from '@leadhooks/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Callers } from './callers.ts'

const newEvent = z.strictObject({
  event_id: z.string().describe('Published again, an event of this id makes no second one'),
  event_type: z.string(),
  payload: z.record(z.string(), z.unknown()),
})

/** What tenants publish. */
export function eventRoutes(leadhooks: Leadhooks, callers: Callers): FastifyPluginAsyncZod {
  return async (app) => {
    const schema = { summary: 'Publish an event', body: newEvent }
    app.post(
      '/',
      { onRequest: callers.tenant({ publishes: true }), schema },
      async ({ apiKey, body }, reply) => {
        const { event_id: id, event_type: type, payload: data } = body
        const { event, deliveries, duplicate } = await leadhooks.dispatchEvent({
          organizationId: apiKey.organizationId,
          id,
          type,
          data,
        })
        const status = duplicate ? 'duplicate' : 'accepted'
        return reply
          .code(duplicate ? 200 : 202)
          .send({ event_id: event.id, event_type: event.type, status, deliveries })
      },
    )

    const params = z.object({ id: z.string() })
    const reading = {
      onRequest: callers.tenant({ publishes: false }),
      schema: { summary: 'What became of an event', params },
    }
    app.get('/:id', reading, async ({ apiKey, params }) => {
      const { organizationId } = apiKey
      const event = await leadhooks.events.get({ organizationId, id: params.id })
      const { data } = await leadhooks.deliveries.list({ organizationId, eventId: event.id })
      const deliveries = data.map(({ id, webhookId, status, attempts, statusCode }) => {
        return { id, endpoint_id: webhookId, status, attempts, status_code: statusCode }
      })
      return {
        event_id: event.id,
        event_type: event.type,
        payload: event.data,
        created_at: event.createdAt,
        deliveries,
      }
    })
  }
}
