import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ServiceFolder {
  path: string
  remove(): Promise<void>
}

// `read` returns when the other end of the pipe is gone. By then an orderly end has removed the folder already.
const guard = `
  read -r _
  pid=$(head -n 1 "$1/$2" 2>/dev/null) && kill -QUIT "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  rm -rf "$1"`

/**
 * Makes a temporary folder for a server that writes its pid to `pidFile` in it. A shell that waits on a pipe from this
 * process stops the server and removes the folder when this process ends without having done so, even by SIGKILL.
 */
export function createServiceFolder(name: string, pidFile: string): ServiceFolder {
  const path = mkdtempSync(join(tmpdir(), `leadhooks-${name}-`))
  // Detached, so that Ctrl-C in a terminal does not end the guard before its work.
  const child = spawn('sh', ['-c', guard, 'guard', path, pidFile], {
    cwd: tmpdir(),
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  return {
    path,
    async remove() {
      // Postgres' last children may still write for a moment after a kill: hence the repeats.
      await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
      child.ref()
      const exit = once(child, 'exit')
      child.stdin.end()
      await exit
    },
  }
}
