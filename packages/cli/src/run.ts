import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isLeadhooksError } from '@leadhooks/core'
import type { Command, Values } from './command.ts'
import { commands } from './commands.ts'
import { commandHelp, generalHelp } from './help.ts'
import { loadConfig } from './load-config.ts'
import { print, printStatus } from './print.ts'
import { UsageError } from './usage-error.ts'

const commonOptions = {
  config: { type: 'string', short: 'c' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Runs the command that the arguments name. Answers the exit code: 0 when all is well, 1 when something failed, 2 when the
 * command line or the config file has to be put right first.
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const [first] = args
    if (first === '--help' || first === '-h') print(generalHelp(commands))
    else if (first === '--version' || first === '-v') print(ownVersion())
    else return await runCommand(args)
    return 0
  } catch (error) {
    printError(error, args.includes('--verbose'))
    return error instanceof UsageError ? 2 : 1
  }
}

async function runCommand(given: readonly string[]): Promise<number> {
  const { name, command, args } = findCommand(given)
  const values = parse(`leadhooks ${name}`, command, args)
  if (values['help'] === true) {
    print(commandHelp(`leadhooks ${name}`, command))
    return 0
  }
  if ('prepareBare' in command) return command.prepareBare(values)()
  const runPrepared = command.prepare(values)
  const leadhooks = await loadConfig(process.cwd(), values['config'] as string | undefined)
  try {
    return await runPrepared(leadhooks)
  } finally {
    await leadhooks.close()
  }
}

interface Found {
  name: string
  command: Command
  args: string[]
}

/** By the first word, or by the first two. */
function findCommand(given: readonly string[]): Found {
  for (const words of [1, 2]) {
    const name = given.slice(0, words).join(' ')
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command !== undefined) return { name, command, args: given.slice(words) }
  }
  const [first] = given
  const ofGroup = Object.keys(commands).filter((name) => name.startsWith(`${first} `))
  const known = (ofGroup.length > 0 ? ofGroup : Object.keys(commands)).join(', ')
  const found =
    first === undefined
      ? 'No command was given'
      : `Unknown command "${given.slice(0, ofGroup.length > 0 ? 2 : 1).join(' ')}"`
  throw new UsageError(`${found}: expected one of ${known}. \`leadhooks --help\` says what they do`)
}

function parse(name: string, { options, argument }: Command, args: string[]): Values {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...options, ...commonOptions },
      allowPositionals: argument !== undefined,
    })
    if (argument === undefined || values['help'] === true) return values
    if (positionals.length === 1) return { ...values, [argument]: positionals[0] }
    throw new UsageError(
      `Expected one <${argument}>, got ${positionals.length}. \`${name} --help\` lists the options`,
    )
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
