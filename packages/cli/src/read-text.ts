import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { UsageError } from './usage-error.ts'

/** What was given: as it is, `@path` for a file, `-` for what comes by a pipe. */
export async function readText(option: string, given: string): Promise<string> {
  if (given === '-') return text(process.stdin)
  if (!given.startsWith('@')) return given
  try {
    return readFileSync(given.slice(1), 'utf8')
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${option}: ${message}`)
  }
}

export async function readJson(option: string, given: string): Promise<unknown> {
  const read = await readText(option, given)
  try {
    return JSON.parse(read) as unknown
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${option} must be JSON: ${message}`)
  }
}
