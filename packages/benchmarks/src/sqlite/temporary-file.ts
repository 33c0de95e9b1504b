import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs something with the path of a database in a directory of its own, and removes both. */
export async function withTemporaryFile<T>(run: (path: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'leadhooks-bench-'))
  try {
    return await run(join(directory, 'bench.db'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
