import type { ConfiguredCommand } from '../command.ts'
import { print, printStatus } from '../print.ts'
import { jsonHelp, jsonOption, optional, organizationHelp, organizationOption, required } from '../values.ts'

export const testWebhook: ConfiguredCommand = {
  summary: 'Sends a webhook a signed example, and shows the answer; exits with 1 when it is refused',
  argument: 'id',
  optionsHelp: [organizationHelp, '    --type <type>     the event type of the example', jsonHelp],
  options: { ...organizationOption, ...jsonOption, type: { type: 'string' } },
  prepare: (values) => {
    const organizationId = required(values, 'organization')
    const id = required(values, 'id')
    return async (leadhooks) => {
      const result = await leadhooks.webhooks.test({
        organizationId,
        id,
        eventType: optional(values, 'type'),
      })
      if (values['json'] === true) print(JSON.stringify(result, null, 2))
      else {
        printStatus(`${result.outcome}: ${result.message}`)
        if (result.response !== null) print(`${result.response.statusCode}\n${result.response.body}`)
      }
      return result.outcome === 'succeeded' ? 0 : 1
    }
  },
}
