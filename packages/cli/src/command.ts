import type { ParseArgsConfig } from 'node:util'
import type { Leadhooks } from '@leadhooks/core'

/** What was given on the command line, by the names of the command's options. */
export type Values = Record<string, string | boolean | undefined>

interface CommonCommand {
  /** One line for the list of commands. */
  summary: string
  /** What the command's own options do, each a line of `--help`. */
  optionsHelp: readonly string[]
  options: NonNullable<ParseArgsConfig['options']>
  /** What is given without a dash, by name: `id`. It has to be. @default nothing */
  argument?: string
}

/** A command that works on the Leadhooks of a config file. */
export interface ConfiguredCommand extends CommonCommand {
  /** Checks the values before anything is loaded, and answers what runs then. Throws `UsageError`. */
  prepare(values: Values): Run
}

/** A command that needs none: it knows no database. */
export interface BareCommand extends CommonCommand {
  prepareBare(values: Values): () => Promise<number>
}

export type Command = ConfiguredCommand | BareCommand

/** Answers the exit code: 0 when all is well. */
export type Run = (leadhooks: Leadhooks) => Promise<number>
