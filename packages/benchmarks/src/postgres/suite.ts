import type { Result } from '../results.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { dispatch } from './scenarios/dispatch.ts'
import { drain } from './scenarios/drain.ts'
import { enqueue } from './scenarios/enqueue.ts'
import { manyWebhooks } from './scenarios/many-webhooks.ts'
import { memory } from './scenarios/memory.ts'
import { oldRows } from './scenarios/old-rows.ts'
import { oldSnapshot } from './scenarios/old-snapshot.ts'
import { processes } from './scenarios/processes.ts'
import { slowReceiver } from './scenarios/slow-receiver.ts'
import { steady } from './scenarios/steady.ts'
import { type Services, startServices } from './services.ts'

const scenarios: Record<string, (services: Services, options: SuiteOptions) => Promise<Result[]>> = {
  drain,
  enqueue,
  steady,
  dispatch,
  'slow-receiver': slowReceiver,
  'old-rows': oldRows,
  'many-webhooks': manyWebhooks,
  'old-snapshot': oldSnapshot,
  processes,
  memory,
}

export async function postgresSuite(options: SuiteOptions): Promise<Result[]> {
  const wanted = options.only ?? Object.keys(scenarios)
  const unknown = wanted.filter((name) => !(name in scenarios))
  if (unknown.length > 0)
    throw new Error(`No scenario ${unknown.join(', ')}. There are: ${Object.keys(scenarios).join(', ')}`)

  const services = await startServices()
  try {
    const results: Result[] = []
    for (const [name, run] of Object.entries(scenarios)) {
      if (!wanted.includes(name)) continue
      process.stderr.write(`${name} `)
      // One that fails must not cost the figures of all the others.
      try {
        results.push(...(await run(services, options)))
      } catch (error) {
        console.error(`The scenario ${name} failed:`, error)
        process.exitCode = 1
      }
    }
    return results
  } finally {
    await services.close()
  }
}
