import { isLeadhooksError } from '@leadhooks/core'
import { type Environment, readEnvironment } from './environment.ts'
import { openPlatform, type Platform } from './open-platform.ts'

/**
 * Starts a process of the platform, and ends it gracefully at a signal. Where it cannot start, says why in a line, and ends with 1.
 * `start` answers how to end what it started.
 */
export async function run(
  start: (platform: Platform, environment: Environment) => Promise<() => Promise<void>>,
): Promise<void> {
  try {
    const environment = readEnvironment(process.env)
    const platform = openPlatform(environment)
    await platform.migrate()
    const started = start(platform, environment)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void started.then(async (stop) => stop()).then(async () => platform.close()))
    }
    await started
  } catch (error) {
    const isGone = isLeadhooksError(error) && error.code === 'storage_unavailable'
    const message = error instanceof Error ? error.message : String(error)
    console.error(
      `The platform cannot start: ${isGone ? 'Postgres does not answer: see DATABASE_URL. ' : ''}${message}`,
    )
    process.exit(1)
  }
}
