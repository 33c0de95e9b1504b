import type { Result } from '../results.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { type ServiceScenario, runWithServices } from './run-with-services.ts'
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

const scenarios: Record<string, ServiceScenario> = {
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

export const postgresSuite = (options: SuiteOptions): Promise<Result[]> => runWithServices(scenarios, options)
