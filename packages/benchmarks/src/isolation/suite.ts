import { slowReceiver } from '../postgres/scenarios/slow-receiver.ts'
import { type ServiceScenario, runWithServices } from '../postgres/run-with-services.ts'
import type { Result } from '../results.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { backlog } from './backlog.ts'
import { fanOut } from './fan-out.ts'
import { idleSettings } from './idle-settings.ts'
import { slowAnswers } from './slow-answers.ts'

const scenarios: Record<string, ServiceScenario> = {
  'slow-receiver': slowReceiver,
  backlog,
  'slow-answers': slowAnswers,
  'fan-out': fanOut,
  'idle-settings': idleSettings,
}

/** Whether one webhook, or one organization, costs the others anything. */
export const isolationSuite = (options: SuiteOptions): Promise<Result[]> =>
  runWithServices(scenarios, options)
