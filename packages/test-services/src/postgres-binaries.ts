import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { aptInstall } from './apt-install.ts'
import { findExecutable } from './find-executable.ts'

export type PostgresVersion = 13 | 18

export interface PostgresBinaries {
  /** The folder with `initdb` and `postgres`. */
  bin: string
  /** The major version. */
  version: number
}

/** Version 18 is the default and any other that is at hand stands in for it; 13, the oldest supported one, is exact. */
export function findPostgresBinaries(version: PostgresVersion): PostgresBinaries {
  const suits = (found: PostgresBinaries) => version === 18 || found.version === version
  const found =
    candidates(version).map(inspect).find(suits) ??
    (version === 18 && aptInstall('postgresql') ? debianFolders().map(inspect).find(suits) : undefined)
  if (found) return found
  throw new Error(
    `Found no PostgreSQL ${version} for ${process.platform}-${process.arch}. Install one and name its folder with ` +
      'initdb and postgres in TEST_POSTGRES_BIN (on Debian: apt-get install postgresql, ' +
      'TEST_POSTGRES_BIN=/usr/lib/postgresql/<version>/bin).',
  )
}

function candidates(version: PostgresVersion): string[] {
  const named = process.env['TEST_POSTGRES_BIN']
  if (named && !hasServer(named)) {
    throw new Error(`TEST_POSTGRES_BIN is ${named}, where initdb and postgres are not. Name their folder.`)
  }
  return [named, npmFolder(version), pathFolder(), ...debianFolders()].filter(
    (folder) => folder !== undefined,
  )
}

function npmFolder(version: PostgresVersion): string | undefined {
  const name = `postgres-${version}-${process.platform}-${process.arch}`
  try {
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native', 'bin')
  } catch {
    // An optional dependency: there is none for this platform.
    return undefined
  }
}

function pathFolder(): string | undefined {
  const initdb = findExecutable('initdb')
  if (!initdb) return undefined
  // The rest lies beside the real one. On some machines initdb is a script that calls it: then there is nothing here.
  const folder = dirname(realpathSync(initdb))
  return hasServer(folder) ? folder : undefined
}

/** Debian keeps one folder for each major version; the newest comes first. */
function debianFolders(): string[] {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return []
  return readdirSync(root)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((name) => join(root, name, 'bin'))
    .filter(hasServer)
}

function hasServer(folder: string): boolean {
  return existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))
}

function inspect(bin: string): PostgresBinaries {
  const { stdout, stderr, error } = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
  const version = /\(PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1]
  if (!version) throw new Error(`${bin}/postgres does not run: ${error?.message ?? stderr}`)
  return { bin, version: Number(version) }
}
