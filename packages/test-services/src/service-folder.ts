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

// `read` returns when the other end of the pipe is gone. By then an orderly end has removed the folder already. Postgres
// deletes its pid file when it ends; the pid itself may live on, as a zombie, where nobody reaps it.
const guard = `
  read -r _
  cd "$1" 2>/dev/null || exit
  pid=$(head -n 1 "$2") && kill -QUIT "$pid"
  for _ in $(seq 100); do kill -0 "$pid" && [ -e "$2" ] || break; sleep 0.1; done
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
