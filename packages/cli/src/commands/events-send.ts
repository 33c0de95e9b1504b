import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'
import { readJson } from '../read-text.ts'
import { optional, organizationHelp, organizationOption, required } from '../values.ts'

export const sendEvent: ConfiguredCommand = {
  summary: 'Dispatches an event',
  optionsHelp: [
    organizationHelp,
    '    --type <type>     the event type: new_lead',
    '    --data <json>     its data: \'{ "id": 1 }\', @file.json, or - for what comes by a pipe',
    '    --id <id>         an id of your own: sent again, it makes no second event',
  ],
  options: {
    ...organizationOption,
    type: { type: 'string' },
    data: { type: 'string', default: '{}' },
    id: { type: 'string' },
  },
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    const type = required(values, 'type')
    return async (leadhooks) => {
      const data = await readJson('--data', required(values, 'data'))
      const event = { organizationId, type, data, id: optional(values, 'id') }
      const { event: sent, deliveries, duplicate } = await leadhooks.dispatchEvent(event)
      print(duplicate ? `${sent.id} was there already` : `${sent.id}: deliveries: ${deliveries}`)
      return 0
    }
  },
}
