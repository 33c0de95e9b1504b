import type { Result } from '../results.ts'
import { checkNames, runScenarios } from '../run-scenarios.ts'
import type { SuiteOptions } from '../suite-options.ts'

// Loaded when their turn comes: what a library does to a process as it loads must not slow what is measured without it.
const scenarios: Record<string, (options: SuiteOptions) => Promise<Result[]>> = {
  verify: async (options) => (await import('./verify.ts')).verify(options),
  'better-auth': async (options) => (await import('./better-auth.ts')).betterAuth(options),
  fastify: async (options) => (await import('./fastify.ts')).fastify(options),
  redis: async (options) => (await import('./redis.ts')).redis(options),
  race: async (options) => (await import('./race.ts')).race(options),
}

export async function keysSuite(options: SuiteOptions): Promise<Result[]> {
  checkNames(scenarios, options)
  return runScenarios(scenarios, options)
}
