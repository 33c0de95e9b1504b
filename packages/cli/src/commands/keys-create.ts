import type { ConfiguredCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { UsageError } from '../usage-error.ts'
import { listOf, organizationHelp, organizationOption, required } from '../values.ts'

const roles = ['admin', 'read_write', 'read_only'] as const

export const createKey: ConfiguredCommand = {
  summary: 'Makes an API key, and shows its token this once',
  optionsHelp: [
    organizationHelp,
    '    --name <name>     what it is for',
    '    --role <role>     admin, read_write or read_only',
    '    --permissions <p> in place of a role: read:contacts,write:leads',
    '    --show-token      shows the token also where that goes to a file or a pipe',
  ],
  options: {
    ...organizationOption,
    name: { type: 'string' },
    role: { type: 'string' },
    permissions: { type: 'string' },
    'show-token': { type: 'boolean' },
  },
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    const name = required(values, 'name')
    const role = roles.find((known) => known === values['role'])
    if (values['role'] !== undefined && role === undefined)
      throw new UsageError(`--role must be one of ${roles.join(', ')}, got "${String(values['role'])}"`)
    const permissions = listOf(values, 'permissions')
    if ((role === undefined) === (permissions === undefined))
      throw new UsageError('Expected --role or --permissions, one of them')
    if (!process.stdout.isTTY && values['show-token'] !== true)
      throw new UsageError(
        'The token would go to a file or a pipe: run this in a terminal, or add --show-token',
      )
    return async (leadhooks) => {
      const access = role === undefined ? { permissions } : { role }
      const { apiKey, token } = await leadhooks.apiKeys.create({ organizationId, name, ...access })
      printStatus(
        `Made ${apiKey.id} for "${organizationId}". This is its token, which nobody can show again:`,
      )
      print(token)
      return 0
    }
  },
}
