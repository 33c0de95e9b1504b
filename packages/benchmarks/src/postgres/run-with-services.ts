import type { Result } from '../results.ts'
import { checkNames, runScenarios } from '../run-scenarios.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { type Services, startServices } from './services.ts'

export type ServiceScenario = (services: Services, options: SuiteOptions) => Promise<Result[]>

/** Runs the scenarios that are wanted, with services that are started for them. */
export async function runWithServices(
  scenarios: Record<string, ServiceScenario>,
  options: SuiteOptions,
): Promise<Result[]> {
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
