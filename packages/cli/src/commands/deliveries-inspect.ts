import type { Delivery } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'
import { printTable } from '../print-table.ts'
import { jsonHelp, jsonOption, organizationHelp, organizationOption, required } from '../values.ts'

/** `dlv_2 (replay 2 of dlv_1)`: what it repeats, and where it stands in the chain. */
function describeOrigin({ replayOf, replayRoot, replayDepth }: Delivery): string | null {
  if (replayOf === null || replayDepth < 2) return replayOf
  return `${replayOf} (replay ${replayDepth} of ${replayRoot})`
}

export const inspectDelivery: ConfiguredCommand = {
  summary: 'Shows a delivery, its attempts, and what went wrong',
  argument: 'id',
  optionsHelp: [organizationHelp, jsonHelp],
  options: { ...organizationOption, ...jsonOption },
  prepare: (values) => {
    const scoped = { organizationId: required(values, 'organization'), id: required(values, 'id') }
    return async (leadhooks) => {
      const delivery = await leadhooks.deliveries.get(scoped)
      const attempts = await leadhooks.deliveries.attempts(scoped)
      if (values['json'] === true) {
        print(JSON.stringify({ ...delivery, attempts }, null, 2))
        return 0
      }
      const { id, status, reason, eventId, eventType, webhookId, createdAt, nextAttemptAt } = delivery
      printTable(
        ['DELIVERY', id],
        [
          ['status', reason === null ? status : `${status}: ${reason}`],
          ['event', `${eventId} (${eventType})`],
          ['webhook', webhookId],
          ['created', createdAt],
          ['next attempt', nextAttemptAt],
          ['replay of', describeOrigin(delivery)],
        ],
      )
      for (const { number, startedAt, durationMs, outcome, statusCode, message, batch } of attempts) {
        const took = durationMs === null ? '' : ` in ${Math.round(durationMs)} ms`
        print(`\n#${number} ${startedAt.toISOString()}  ${outcome}${took}  ${statusCode ?? ''}`.trimEnd())
        if (message !== null) print(`   ${message}`)
        if (batch !== null) print(`   by ${batch.id}, a batch of ${batch.size}`)
      }
      return 0
    }
  },
}
