import { join } from 'node:path'
import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { onTestFinished } from 'vitest'
import { makeProject, type Project } from './project.ts'

/** The options that a project's config and the test itself, which is another process of the host, share. */
const options: Omit<LeadhooksOptions, 'storage'> = {
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  network: { allowPrivateAddresses: true, allowHttp: true },
  delivery: { leaseMs: 1000 },
}

/** A project on a database that has no tables yet, and a way to it from the test's own process. */
export interface ProjectOnDatabase {
  project: Project
  open: () => Storage
}

const storages: Record<string, () => Promise<ProjectOnDatabase>> = {
  SQLite: async () => {
    const project = makeProject({
      'leadhooks.config.mjs': configOf('sqlite', `sqliteStorage({ path: 'crm.db' })`),
    })
    return { project, open: () => sqliteStorage({ path: join(project.directory, 'crm.db') }) }
  },
}

export const eachStorage = Object.entries(storages)

/** The Leadhooks of the test's own process, closed when the test ends. */
export function openLeadhooks(storage: Storage): Leadhooks {
  const leadhooks = createLeadhooks({ storage, ...options })
  onTestFinished(async () => leadhooks.close())
  return leadhooks
}

/** The text of a config file over a storage. */
export function configOf(packageName: string, storage: string): string {
  return `
    import { createLeadhooks } from '@leadhooks/core'
    import { ${packageName}Storage } from '@leadhooks/${packageName}'
    export default createLeadhooks({ storage: ${storage}, ...${JSON.stringify(options)} })
  `
}
