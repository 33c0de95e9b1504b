import type { Result } from '../results.ts'
import { checkNames, runScenarios } from '../run-scenarios.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { betterAuth } from './better-auth.ts'
import { fastify } from './fastify.ts'
import { race } from './race.ts'
import { redis } from './redis.ts'
import { verify } from './verify.ts'

const scenarios = { verify, 'better-auth': betterAuth, fastify, redis, race }

export async function keysSuite(options: SuiteOptions): Promise<Result[]> {
  checkNames(scenarios, options)
  return runScenarios(scenarios, options)
}
