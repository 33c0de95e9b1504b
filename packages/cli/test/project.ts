import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, onTestFinished } from 'vitest'

export interface Result {
  /** Null when a signal ended it. */
  exitCode: number | null
  stdout: string
  stderr: string
}

export interface Running {
  process: ChildProcess
  /** Resolves once it has said this on stderr. */
  said: (what: string) => Promise<void>
  /** What it has said on stderr so far. */
  heard: () => string
  ended: Promise<Result>
}

/** A host's project: a folder with files of its own, and the packages of Leadhooks installed. */
export interface Project {
  directory: string
  /** Runs the command, and waits for its end. */
  leadhooks: (...args: string[]) => Promise<Result>
  start: (...args: string[]) => Running
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Spares most processes half of their start. */
const compileCache = mkdtempSync(join(tmpdir(), 'leadhooks-cli-cache-'))
afterAll(() => rmSync(compileCache, { recursive: true, force: true }))

export function makeProject(files: Readonly<Record<string, string>>): Project {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'leadhooks-cli-')))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  install(directory)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)

  function start(...args: string[]): Running {
    const child = spawn(process.execPath, ['--conditions=@leadhooks/source', main, ...args], {
      cwd: directory,
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let heard = ''
    const listeners = new Set<() => void>()
    child.stderr.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
      for (const listener of listeners) listener()
    })
    return {
      process: child,
      heard: () => heard,
      said: (what) =>
        new Promise((resolve, reject) => {
          const listener = (): void => void (heard.includes(what) && resolve())
          listeners.add(listener)
          listener()
          child.once('close', () => reject(new Error(`It ended without saying "${what}", but: ${heard}`)))
        }),
      ended: Promise.all([once(child, 'close'), text(child.stdout)]).then(([[exitCode], stdout]) => ({
        exitCode: exitCode as number | null,
        stdout,
        stderr: heard,
      })),
    }
  }

  return { directory, start, leadhooks: (...args) => start(...args).ended }
}

/** What `npm install` would leave there. */
function install(directory: string): void {
  const scope = join(directory, 'node_modules', '@leadhooks')
  mkdirSync(scope, { recursive: true })
  for (const name of ['core', 'postgres', 'redis', 'sqlite']) {
    symlinkSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), join(scope, name))
  }
}
