import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

// Debian has servers in folders that are on the PATH of root alone, and not always there.
const foldersOfServers = ['/usr/local/sbin', '/usr/sbin']

/** The path of a program on the PATH or among the servers, or undefined. */
export function findExecutable(name: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), ...foldersOfServers]) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}
