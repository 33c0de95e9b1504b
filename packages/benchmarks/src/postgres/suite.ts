import type { Result } from '../results.ts'
import { checkNames, runScenarios } from '../run-scenarios.ts'
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
  checkNames(scenarios, options)
  const services = await startServices()
  try {
    const ready = Object.entries(scenarios).map(([name, run]) => [
      name,
      (chosen: SuiteOptions) => run(services, chosen),
    ])
    return await runScenarios(Object.fromEntries(ready), options)
  } finally {
    await services.close()
  }
}
