import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isLeadhooksError } from '@leadhooks/core'
import type { Command, Values } from './command.ts'
import { doctor } from './commands/doctor.ts'
import { migrate } from './commands/migrate.ts'
import { worker } from './commands/worker.ts'
import { commandHelp, generalHelp } from './help.ts'
import { loadConfig } from './load-config.ts'
import { print, printStatus } from './print.ts'
import { UsageError } from './usage-error.ts'

const commands: Record<string, Command> = { worker, migrate, doctor }

const commonOptions = {
  config: { type: 'string', short: 'c' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Runs the command that the arguments name. Answers the exit code: 0 when all is well, 1 when something failed, 2 when the
 * command line or the config file has to be put right first.
 */
export async function run([name, ...args]: readonly string[]): Promise<number> {
  try {
    if (name === '--help' || name === '-h') print(generalHelp(commands))
    else if (name === '--version' || name === '-v') print(ownVersion())
    else return await runCommand(name, args)
    return 0
  } catch (error) {
    printError(error, args.includes('--verbose'))
    return error instanceof UsageError ? 2 : 1
  }
}

async function runCommand(name: string | undefined, args: string[]): Promise<number> {
  const command = findCommand(name)
  const values = parse(`leadhooks ${name}`, command, args)
  if (values['help'] === true) {
    print(commandHelp(`leadhooks ${name}`, command))
    return 0
  }
  const runPrepared = command.prepare(values)
  const leadhooks = await loadConfig(process.cwd(), values['config'] as string | undefined)
  try {
    return await runPrepared(leadhooks)
  } finally {
    await leadhooks.close()
  }
}

function findCommand(name: string | undefined): Command {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  const known = Object.keys(commands).join(', ')
  const found = name === undefined ? 'No command was given' : `Unknown command "${name}"`
  throw new UsageError(`${found}: expected one of ${known}. \`leadhooks --help\` says what they do`)
}

function parse(name: string, { options }: Command, args: string[]): Values {
  try {
    return parseArgs({ args, options: { ...options, ...commonOptions } }).values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // Node goes on about arguments that begin with a dash, which no command here has.
    const [whatIsWrong] = error.message.split('. ')
    throw new UsageError(`${whatIsWrong}. \`${name} --help\` lists the options`)
  }
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return version
}

function printError(error: unknown, isVerbose: boolean): void {
  if (!(error instanceof Error)) return printStatus(`Something was thrown that is no error: ${String(error)}`)
  printStatus(isLeadhooksError(error) ? `${error.code}: ${error.message}` : error.message)
  if (!isVerbose) return
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) printStatus(cause.stack ?? '')
}
