import { aptInstall } from './apt-install.ts'
import { findExecutable } from './find-executable.ts'

/** Sees to it that `program` is on the PATH: what is missing is installed as the Debian package that has it. */
export function ensureInstalled(program: string, debianPackage: string): void {
  if (findExecutable(program)) return
  if (aptInstall(debianPackage) && findExecutable(program)) return
  throw new Error(
    `Found no ${program}, and can install it (as the package ${debianPackage}) only as root on Debian: install it.`,
  )
}
