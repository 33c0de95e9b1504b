import { isLeadhooksError } from '@leadhooks/core'
import { readEnvironment, type Environment } from './environment.ts'
import { type Crm, openCrm } from './open-crm.ts'

/** Runs a command on the CRM of the environment. Where it cannot, says why in a line, and ends the process with 1. */
export async function runCommand(run: (crm: Crm, environment: Environment) => Promise<void>): Promise<void> {
  try {
    const environment = readEnvironment(process.env)
    const crm = openCrm(environment, { logger: console })
    await crm.migrate()
    await run(crm, environment)
  } catch (error) {
    const isGone = isLeadhooksError(error) && error.code === 'storage_unavailable'
    const message = error instanceof Error ? error.message : String(error)
    console.error(
      `Open House CRM: ${isGone ? 'the database does not answer: see DATABASE_URL. ' : ''}${message}`,
    )
    process.exit(1)
  }
}
