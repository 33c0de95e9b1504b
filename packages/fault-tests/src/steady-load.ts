import { setTimeout as sleep } from 'node:timers/promises'
import { isLeadhooksError, type Leadhooks } from '@leadhooks/core'
import { newEvent, type Stage } from './stage.ts'

export interface FailedDispatch {
  at: number
  /** The code of the `LeadhooksError`; null for anything else. */
  code: string | null
  message: string
  ms: number
}

export interface SteadyLoad {
  /** Those that failed while it went on. */
  failures: readonly FailedDispatch[]
  /** When each event was first dispatched, in milliseconds since the epoch. */
  dispatchedAt: ReadonlyMap<string, number>
  /** Ends it. What failed is dispatched again, by the same id, until each event is acknowledged. */
  stop(): Promise<void>
}

const tickMs = 50

/** Dispatches events one by one, so many each second, whatever becomes of them. */
export function startLoad(
  stage: Stage,
  perSecond: number,
  leadhooks: Leadhooks = stage.leadhooks,
): SteadyLoad {
  const failures: FailedDispatch[] = []
  const dispatchedAt = new Map<string, number>()
  const undecided = new Set<number>()
  const underWay = new Set<Promise<void>>()
  let next = stage.dispatched.size
  const ended = new AbortController()

  async function send(n: number): Promise<void> {
    const event = newEvent(stage, n)
    const startedAt = performance.now()
    if (!dispatchedAt.has(event.id)) dispatchedAt.set(event.id, Date.now())
    try {
      await leadhooks.dispatchEvent(event)
      stage.dispatched.add(event.id)
      undecided.delete(n)
    } catch (error) {
      undecided.add(n)
      const code = isLeadhooksError(error) ? error.code : null
      failures.push({ at: Date.now(), code, message: String(error), ms: performance.now() - startedAt })
    }
  }

  async function run(): Promise<void> {
    const startedAt = performance.now()
    const first = next
    while (!ended.signal.aborted) {
      const due = first + Math.floor(((performance.now() - startedAt) * perSecond) / 1000)
      while (next < due) {
        const sending = send(next++).finally(() => underWay.delete(sending))
        underWay.add(sending)
      }
      await sleep(tickMs)
    }
  }

  const running = run()
  return {
    failures,
    dispatchedAt,
    async stop() {
      ended.abort()
      await running
      await Promise.all(underWay)
      for (let round = 0; undecided.size > 0; round++) {
        if (round === 50)
          throw new Error(`${undecided.size} events could not be dispatched in ${round} rounds`)
        for (const n of undecided) await send(n)
        if (undecided.size > 0) await sleep(200)
      }
    },
  }
}
