import { openLeadhooks, createWebhooks, eventOf } from '../open.ts'
import type { Contender } from './contender.ts'

/** One configuration for all scenarios: the defaults, but for the concurrency that all contenders are given. */
export const leadhooksContender: Contender = {
  async setup(place) {
    const leadhooks = openLeadhooks(place)
    await leadhooks.migrate()
    await createWebhooks(leadhooks, place.receiverUrl)
    await leadhooks.close()
  },

  async openProducer(place) {
    const leadhooks = openLeadhooks(place)
    return {
      enqueue: (lead) => leadhooks.dispatchEvent(eventOf(lead)),
      enqueueMany: (leads) => leadhooks.dispatchEvents(leads.map(eventOf)),
      close: () => leadhooks.close(),
    }
  },

  async startWorker(place, { concurrency, onRecorded }) {
    const leadhooks = openLeadhooks(place, {
      concurrency,
      observe: ({ type }) => type === 'delivery.settled' && onRecorded(1),
    })
    leadhooks.startWorker()
    return { stop: () => leadhooks.close() }
  },
}
