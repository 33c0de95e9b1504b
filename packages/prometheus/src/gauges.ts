import type { Backlog, Leadhooks } from '@leadhooks/core'
import { Gauge, type Registry } from 'prom-client'

/** A backlog, and when it was read. */
type Read = { backlog: Backlog; at: number } | null

/** Registers what goes up and down. All that is waiting comes of one look into the database, for all gauges and for some time. */
export function createGauges(register: Registry, health: Leadhooks['health'], everyMs: number): void {
  const read = readAtMost(health, everyMs)
  const registers = [register]

  function gauge(name: string, help: string, valueOf: (backlog: Backlog, at: number) => number): void {
    const shown = new Gauge({
      name: `leadhooks_${name}`,
      help,
      registers,
      async collect() {
        const found = await read()
        // Nothing is known: an old number would look as if all were well.
        if (found === null) shown.set(Number.NaN)
        else shown.set(valueOf(found.backlog, found.at))
      },
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

  const webhooks = new Gauge({
    name: 'leadhooks_webhooks',
    help: 'Webhooks by what holds their deliveries: nothing, something that passes, or a switch',
    labelNames: ['state'],
    registers,
    async collect() {
      const found = await read()
      for (const state of ['active', 'waiting', 'disabled'] as const)
        webhooks.set({ state }, found === null ? Number.NaN : found.backlog.webhooks[state])
    },
  })

  const ready = new Gauge({
    name: 'leadhooks_ready',
    help: '1 where the process can do its work: 0.5 where it is degraded, 0 where it cannot',
    registers,
    async collect() {
      const { status } = await health.ready()
      ready.set({ ready: 1, degraded: 0.5, not_ready: 0 }[status])
    },
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
