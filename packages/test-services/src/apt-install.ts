import { spawnSync } from 'node:child_process'
import { findExecutable } from './find-executable.ts'

/** Installs a Debian package where that is possible: as root, with apt-get. Answers whether it did. */
export function aptInstall(name: string): boolean {
  if (process.getuid?.() !== 0 || !findExecutable('apt-get')) return false
  process.stderr.write(`Installing ${name} with apt-get (only the first time) ...\n`)
  apt(['update', '--quiet'])
  apt(['install', '--yes', '--quiet', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', name])
  return true
}

function apt(args: string[]): void {
  // RUNLEVEL=1 keeps Debian from starting a server of its own on the usual port.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' })
  if (status === 0) return
  throw new Error(`apt-get ${args.join(' ')} failed:\n${`${stdout}\n${stderr}`.slice(-4096)}`)
}
