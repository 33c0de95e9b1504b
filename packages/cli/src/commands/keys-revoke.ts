import type { ConfiguredCommand } from '../command.ts'
import { printStatus } from '../print.ts'
import { optional, organizationHelp, organizationOption, required } from '../values.ts'

export const revokeKey: ConfiguredCommand = {
  summary: 'Ends an API key for good',
  argument: 'id',
  optionsHelp: [organizationHelp, '    --reason <text>   for the audit log'],
  options: { ...organizationOption, reason: { type: 'string' } },
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    const id = required(values, 'id')
    return async (leadhooks) => {
      await leadhooks.apiKeys.revoke({ organizationId, id, reason: optional(values, 'reason') })
      printStatus(`Revoked ${id}`)
      return 0
    }
  },
}
