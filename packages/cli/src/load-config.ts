import { existsSync } from 'node:fs'
import { extname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isLeadhooksError, type Leadhooks } from '@leadhooks/core'
import { createJiti } from 'jiti'
import { UsageError } from './usage-error.ts'

export const configNames = ['ts', 'mts', 'js', 'mjs', 'cjs'].map(
  (extension) => `leadhooks.config.${extension}`,
)
const typeScript = ['.ts', '.mts', '.cts']
const javaScript = ['.js', '.mjs', '.cjs']

const expected =
  'it must export, as `export default`, what `createLeadhooks(…)` answers, or a function that makes it'

/** Loads the Leadhooks that a config file exports. `path`: the one that was named; else it is looked for in `directory`. */
export async function loadConfig(directory: string, path: string | undefined): Promise<Leadhooks> {
  const file = findConfig(directory, path)
  const shown = relative(directory, file)
  const exported = await evaluate(shown, async () => {
    const { default: found, ...named } = await load(file)
    if (found === undefined) throw noDefaultExport(shown, Object.keys(named))
    return typeof found === 'function' ? ((await found()) as unknown) : found
  })
  if (isLeadhooks(exported)) return exported
  throw new UsageError(`${shown} exports ${describe(exported)}: ${expected}`)
}

function findConfig(directory: string, path: string | undefined): string {
  if (path === undefined) {
    const found = configNames.map((name) => resolve(directory, name)).find((file) => existsSync(file))
    if (found !== undefined) return found
    throw new UsageError(
      `No config file in ${directory}: make a leadhooks.config.ts there (${expected}), or name one with --config <path>`,
    )
  }
  const file = resolve(directory, path)
  if (!existsSync(file)) throw new UsageError(`The config file ${file} does not exist`)
  if ([...typeScript, ...javaScript].includes(extname(file))) return file
  throw new UsageError(`The config file ${file} is neither JavaScript nor TypeScript: ${expected}`)
}

/** JavaScript is loaded as Node does it. TypeScript goes through jiti, on every Node alike. */
async function load(file: string): Promise<Record<string, unknown>> {
  const { href } = pathToFileURL(file)
  if (!typeScript.includes(extname(file))) return unwrapped((await import(href)) as Record<string, unknown>)
  // Without its cache: that would be kept where other users of the machine can write.
  const jiti = createJiti(href, { fsCache: false, interopDefault: false })
  return unwrapped(await jiti.import(file))
}

/** What CommonJS calls its exports is the default export itself, or, compiled from TypeScript, holds it. */
function unwrapped(module: Record<string, unknown>): Record<string, unknown> {
  if (typeof module === 'function' || isLeadhooks(module)) return { default: module }
  const inner = module['default']
  const isCompiled = typeof inner === 'object' && inner !== null && '__esModule' in inner
  return isCompiled ? { ...inner } : module
}

/** Runs the code of the config: what it throws is told as its own. */
async function evaluate(shown: string, code: () => Promise<unknown>): Promise<unknown> {
  try {
    return await code()
  } catch (error) {
    if (error instanceof UsageError || isLeadhooksError(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${shown} cannot be loaded: ${message}`, { cause: error })
  }
}

function noDefaultExport(shown: string, named: readonly string[]): UsageError {
  const found = named.length === 0 ? 'nothing' : `only ${named.join(', ')}, and no default`
  return new UsageError(`${shown} exports ${found}: ${expected}`)
}

/** By its methods: it comes from the copy of the package that the config found, which need not be ours. */
function isLeadhooks(value: unknown): value is Leadhooks {
  if (typeof value !== 'object' || value === null) return false
  const methods = ['migrate', 'diagnose', 'startWorker', 'close']
  return methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function that makes a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an object without content' : `an object with ${keys.slice(0, 5).join(', ')}`
}
