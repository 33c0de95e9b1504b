import type { ConfiguredCommand } from '../command.ts'
import { print } from '../print.ts'

export const openapi: ConfiguredCommand = {
  summary: 'Shows the OpenAPI description of the management API, with your event types',
  optionsHelp: [],
  options: {},
  prepare: () => async (leadhooks) => {
    const response = await leadhooks.fetch(new Request('http://localhost/openapi.json'))
    print(JSON.stringify(await response.json(), null, 2))
    return 0
  },
}
