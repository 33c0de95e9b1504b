import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs something with the path of a database in a directory of its own, and removes both. */
export async function withTemporaryFile<T>(run: (path: string) => Promise<T>): Promise<T> {
  const { path, remove } = temporaryFile()
  try {
    return await run(path)
  } finally {
    remove()
  }
}

/** A path for a database in a directory of its own, and what removes both. */
export function temporaryFile(): { path: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'leadhooks-bench-'))
  return {
    path: join(directory, 'bench.db'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}
