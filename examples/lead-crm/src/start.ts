import { isLeadhooksError } from '@leadhooks/core'

/** Runs what a command does. Where it cannot, says why in a line, and ends the process with 1. */
export async function start(run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    console.error(`The CRM cannot start: ${reason(error)}`)
    process.exit(1)
  }
}

function reason(error: unknown): string {
  if (isLeadhooksError(error) && error.code === 'storage_unavailable')
    return `the database does not answer (${error.code}): see DATABASE_URL. ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
