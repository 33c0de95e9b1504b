import type { DeliveryStatus } from '@leadhooks/core'
import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'
import { printTable } from '../print-table.ts'
import {
  jsonHelp,
  jsonOption,
  optional,
  organizationHelp,
  organizationOption,
  required,
  wholeNumber,
} from '../values.ts'

export const listDeliveries: ConfiguredCommand = {
  summary: 'Lists the last deliveries of an organization',
  optionsHelp: [
    organizationHelp,
    '    --status <status> pending, retrying, delivered, dead_letter or cancelled',
    '    --webhook <id>    those to one webhook',
    '    --limit <count>   how many; 20 by default',
    jsonHelp,
  ],
  options: {
    ...organizationOption,
    ...jsonOption,
    status: { type: 'string' },
    webhook: { type: 'string' },
    limit: { type: 'string', default: '20' },
  },
  prepare: (values) => {
    const query = {
      organizationId: required(values, 'organization'),
      // What is none is refused with the names of all.
      status: optional(values, 'status') as DeliveryStatus | undefined,
      webhookId: optional(values, 'webhook'),
      limit: wholeNumber(values, 'limit'),
    }
    return async (leadhooks) => {
      const { data } = await leadhooks.deliveries.list(query)
      if (values['json'] === true) print(JSON.stringify(data, null, 2))
      else
        printTable(
          ['ID', 'EVENT TYPE', 'STATUS', 'ATTEMPTS', 'CREATED', 'NEXT'],
          data.map(({ id, eventType, status, reason, attempts, createdAt, nextAttemptAt }) => [
            id,
            eventType,
            reason === null ? status : `${status}: ${reason}`,
            attempts,
            createdAt,
            nextAttemptAt,
          ]),
        )
      return 0
    }
  },
}
