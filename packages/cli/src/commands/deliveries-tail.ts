import { setTimeout as wait } from 'node:timers/promises'
import type { Delivery, Leadhooks } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { receiveSignals } from '../signals.ts'
import { organizationHelp, organizationOption, required } from '../values.ts'

const lookEveryMs = 1000
const mostWatched = 100

export const tailDeliveries: ConfiguredCommand = {
  summary: 'Shows what becomes of deliveries as it does, until Ctrl-C',
  optionsHelp: [organizationHelp],
  options: organizationOption,
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    return async (leadhooks) => {
      const ending = new AbortController()
      void receiveSignals().first.then(() => ending.abort())
      printStatus(`Watching the deliveries of "${organizationId}"`)
      await watch(leadhooks, organizationId, ending.signal)
      return 0
    }
  },
}

/** Of the last deliveries those that have changed since the look before. */
async function watch(leadhooks: Leadhooks, organizationId: string, signal: AbortSignal): Promise<void> {
  let known: ReadonlyMap<string, string> | undefined
  while (!signal.aborted) {
    const { data } = await leadhooks.deliveries.list({ organizationId, limit: mostWatched })
    const shown = new Map(data.map((delivery) => [delivery.id, describe(delivery)]))
    // What was there before is not news.
    const news =
      known === undefined ? [] : data.filter(({ id }) => known?.get(id) !== shown.get(id)).reverse()
    for (const { id } of news) print(shown.get(id) ?? '')
    known = shown
    await wait(lookEveryMs, undefined, { signal }).catch(() => {})
  }
}

function describe({ id, eventType, status, reason, attempts, statusCode, failure }: Delivery): string {
  const state = reason === null ? status : `${status}: ${reason}`
  const last = statusCode ?? failure ?? ''
  return `${id}  ${eventType}  ${state}  attempts: ${attempts}  ${last}`.trimEnd()
}
