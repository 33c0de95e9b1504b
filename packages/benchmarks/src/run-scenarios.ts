import type { Result } from './results.ts'
import type { SuiteOptions } from './suite-options.ts'

/** Runs the scenarios that are wanted, in their order. One that fails does not cost the figures of the others. */
export async function runScenarios(
  scenarios: Record<string, (options: SuiteOptions) => Promise<Result[]>>,
  options: SuiteOptions,
): Promise<Result[]> {
  const results: Result[] = []
  for (const [name, run] of Object.entries(scenarios)) {
    if (options.only !== undefined && !options.only.includes(name)) continue
    process.stderr.write(`${name} `)
    try {
      results.push(...(await run(options)))
    } catch (error) {
      console.error(`The scenario ${name} failed:`, error)
      process.exitCode = 1
    }
  }
  return results
}

/** Throws for a name that no scenario has. */
export function checkNames(scenarios: Record<string, unknown>, { only = [] }: SuiteOptions): void {
  const unknown = only.filter((name) => !Object.hasOwn(scenarios, name))
  if (unknown.length > 0)
    throw new Error(`No scenario ${unknown.join(', ')}. There are: ${Object.keys(scenarios).join(', ')}`)
}
