import type { SuiteOptions } from '../suite-options.ts'
import type { Result } from '../results.ts'
import { verifyScenario } from '../verify.ts'
import { deliveryScenario } from './delivery.ts'
import { dispatchScenario } from './dispatch.ts'
import { memoryScenario } from './memory.ts'

export async function sqliteSuite(options: SuiteOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const scenario of [verifyScenario, dispatchScenario, deliveryScenario, memoryScenario]) {
    process.stderr.write(`${scenario.name} `)
    results.push(...(await scenario(options)))
  }
  return results
}
