import type { ParseArgsConfig } from 'node:util'
import type { Leadhooks } from '@leadhooks/core'

/** What was given on the command line, by the names of the command's options. */
export type Values = Record<string, string | boolean | undefined>

export interface Command {
  /** One line for the list of commands. */
  summary: string
  /** What the command's own options do, each a line of `--help`. */
  optionsHelp: readonly string[]
  options: NonNullable<ParseArgsConfig['options']>
  /** Checks the values before anything is loaded, and answers what runs then. Throws `UsageError`. */
  prepare(values: Values): Run
}

/** Answers the exit code: 0 when all is well. */
export type Run = (leadhooks: Leadhooks) => Promise<number>
