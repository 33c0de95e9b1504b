import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'
import { organizationHelp, organizationOption, required } from '../values.ts'

export const replayDelivery: ConfiguredCommand = {
  summary: 'Delivers it once more: the next worker sends it',
  argument: 'id',
  optionsHelp: [organizationHelp],
  options: organizationOption,
  prepare: (values) => {
    const scoped = { organizationId: required(values, 'organization'), id: required(values, 'id') }
    return async (leadhooks) => {
      const { id } = await leadhooks.deliveries.replay(scoped)
      print(`${id} is a replay of ${scoped.id}`)
      return 0
    }
  },
}
