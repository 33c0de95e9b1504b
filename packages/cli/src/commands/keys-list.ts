import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'
import { printTable } from '../print-table.ts'
import { jsonHelp, jsonOption, organizationHelp, organizationOption, required } from '../values.ts'

export const listKeys: ConfiguredCommand = {
  summary: 'Lists the API keys of an organization',
  optionsHelp: [organizationHelp, jsonHelp],
  options: { ...organizationOption, ...jsonOption },
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    return async (leadhooks) => {
      const { data } = await leadhooks.apiKeys.list({ organizationId, limit: 100 })
      if (values['json'] === true) print(JSON.stringify(data, null, 2))
      else
        printTable(
          ['ID', 'NAME', 'TOKEN', 'ACCESS', 'CREATED', 'ENDS'],
          data.map(({ id, name, start, last4, role, permissions, createdAt, revokedAt, expiresAt }) => [
            id,
            name,
            `${start}…${last4}`,
            role ?? permissions.join(','),
            createdAt,
            revokedAt ?? expiresAt,
          ]),
        )
      return 0
    }
  },
}
