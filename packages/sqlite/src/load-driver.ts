import { createRequire } from 'node:module'
import { LeadhooksError } from '@leadhooks/core/storage'
import type { DatabaseConstructor } from './database.ts'

/** Loads better-sqlite3, for hosts that give a path and so need no handle of their own. */
export function loadDriver(): DatabaseConstructor {
  const require = createRequire(import.meta.url)
  try {
    const { version } = require('better-sqlite3/package.json') as { version: string }
    checkNodeApi(version, process.versions['napi'])
    return require('better-sqlite3') as DatabaseConstructor
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'MODULE_NOT_FOUND') throw cause
    const message = '`sqliteStorage({ path })` needs the package better-sqlite3: npm install better-sqlite3'
    throw new LeadhooksError('invalid_options', message, { cause })
  }
}

/** better-sqlite3 13 is built for Node-API 10. An older Node loads it all the same, and dies without a word. */
export function checkNodeApi(driverVersion: string, nodeApi: string | undefined): void {
  if (Number.parseInt(driverVersion, 10) < 13 || Number(nodeApi) >= 10) return
  const message = `better-sqlite3 ${driverVersion} needs Node 22.14 or newer, and this is Node ${process.versions.node}: update Node, or npm install better-sqlite3@12`
  throw new LeadhooksError('invalid_options', message)
}
