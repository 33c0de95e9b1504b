import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'
import { printTable } from '../print-table.ts'
import { jsonHelp, jsonOption, organizationHelp, organizationOption, required } from '../values.ts'

export const listWebhooks: ConfiguredCommand = {
  summary: 'Lists the webhooks of an organization',
  optionsHelp: [organizationHelp, jsonHelp],
  options: { ...organizationOption, ...jsonOption },
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    return async (leadhooks) => {
      const { data } = await leadhooks.webhooks.list({ organizationId, limit: 100 })
      if (values['json'] === true) print(JSON.stringify(data, null, 2))
      else
        printTable(
          ['ID', 'URL', 'EVENT TYPES', 'STATE'],
          data.map(({ id, url, eventTypes, enabled, circuitState, waitsFor }) => [
            id,
            url,
            eventTypes.length === 0 ? 'all' : eventTypes.join(','),
            enabled ? (waitsFor ?? (circuitState === 'closed' ? 'active' : 'circuit')) : 'disabled',
          ]),
        )
      return 0
    }
  },
}
