import { deliveryChange } from '../live/delivery-change.ts'
import { streamFilters } from '../live/live-streams.ts'
import { answerHeaders } from './problem.ts'
import { operation } from './route.ts'

/** `no-transform` and `x-accel-buffering` keep what packs answers, and nginx, from holding events back. */
const headers = {
  ...answerHeaders,
  'cache-control': 'no-cache, no-transform',
  'content-type': 'text/event-stream; charset=utf-8',
  'x-accel-buffering': 'no',
}

export const streamDeliveries = operation({
  id: 'streamDeliveries',
  query: streamFilters,
  contentType: 'text/event-stream',
  answer: deliveryChange,
  async handle({ leadhooks, organizationId, query, lastEventId }) {
    const stream = await leadhooks.deliveries.stream({ organizationId, ...query, lastEventId })
    return new Response(stream, { headers })
  },
})
