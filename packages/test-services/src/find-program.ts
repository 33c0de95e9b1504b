import { aptInstall } from './apt-install.ts'
import { findExecutable } from './find-executable.ts'

/** The path of a program; a missing one is installed as the Debian package that has it, where that is possible. */
export function findProgram(name: string, debianPackage: string): string {
  const found = findExecutable(name) ?? (aptInstall(debianPackage) ? findExecutable(name) : undefined)
  if (found) return found
  throw new Error(`Found no ${name}, and can install ${debianPackage} only as root on Debian: install it.`)
}
