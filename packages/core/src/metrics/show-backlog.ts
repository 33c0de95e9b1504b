import type { Leadhooks } from '../leadhooks.ts'
import type { Backlog } from '../storage/storage.ts'
import type { Instruments } from './instruments.ts'

/** A backlog, and when it was read. */
type Read = { backlog: Backlog; at: number } | null

/** Makes what goes up and down. All that is waiting comes of one look into the database, for all gauges and for some time. */
export function showBacklog(instruments: Instruments, health: Leadhooks['health'], everyMs: number): void {
  const read = readAtMost(health, everyMs)

  function gauge(name: string, help: string, valueOf: (backlog: Backlog, at: number) => number): void {
    instruments.gauge({ name: `leadhooks_${name}`, help, labelNames: [] }, async () => {
      const found = await read()
      // Where nothing is known, an old number would look as if all were well.
      return [{ labels: {}, value: found === null ? Number.NaN : valueOf(found.backlog, found.at) }]
    })
  }

  gauge('deliveries_unfinished', 'Deliveries that are not finished', ({ unfinished }) => unfinished)
  gauge('deliveries_due', 'Deliveries that a worker could have now', ({ due }) => due)
  gauge(
    'oldest_due_delivery_age_seconds',
    'For how long the delivery is due that has been so for longest',
    ({ oldestDueAt }, at) => (oldestDueAt === null ? 0 : Math.max(0, at - oldestDueAt.getTime()) / 1000),
  )
  gauge('dead_letters', 'Deliveries given up that nobody has resolved', ({ deadLetters }) => deadLetters)

  const webhooks = {
    name: 'leadhooks_webhooks',
    help: 'Webhooks by what holds their deliveries: nothing, something that passes, or a switch',
    labelNames: ['state'],
  }
  instruments.gauge(webhooks, async () => {
    const counts = (await read())?.backlog.webhooks
    const states = ['active', 'waiting', 'disabled'] as const
    return states.map((state) => ({ labels: { state }, value: counts?.[state] ?? Number.NaN }))
  })

  const ready = {
    name: 'leadhooks_ready',
    help: '1 where the process can do its work: 0.5 where it is degraded, 0 where it cannot',
    labelNames: [],
  }
  instruments.gauge(ready, async () => {
    const { status } = await health.ready()
    return [{ labels: {}, value: { ready: 1, degraded: 0.5, not_ready: 0 }[status] }]
  })
}

/** What could not be read is told as null, and read again the next time. */
function readAtMost(health: Leadhooks['health'], everyMs: number): () => Promise<Read> {
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<Read> | undefined

  async function readNow(): Promise<Read> {
    try {
      return { backlog: await health.backlog(), at: Date.now() }
    } catch {
      readAt = Number.NEGATIVE_INFINITY
      return null
    }
  }

  return async () => {
    if (reading === undefined || Date.now() - readAt >= everyMs) {
      readAt = Date.now()
      reading = readNow()
    }
    return reading
  }
}
