import { expect, test } from 'vitest'
import { createLeadhooks } from './create-leadhooks.ts'
import { memoryStorage } from './storage/memory-storage.ts'
import type { PendingMigration } from './storage/storage.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

/** Memory has nothing to migrate: here is one step, and whether it ran. */
function openUnmigrated() {
  const step: PendingMigration = { version: 1, name: 'a', mode: 'transactional', locks: '', statements: [] }
  const pending = [step]
  const storage = {
    ...memoryStorage(),
    migrate: async () => pending.splice(0),
    pendingMigrations: async () => [...pending],
  }
  return { step, leadhooks: createLeadhooks({ storage, encryptionKeys }) }
}

test('a dry run answers what a migration would run, and a migration what it ran', async () => {
  const { step, leadhooks } = openUnmigrated()
  expect(await leadhooks.migrate({ dryRun: true })).toEqual([step])
  expect(await leadhooks.migrate()).toEqual([step])
  expect(await leadhooks.migrate({ dryRun: true })).toEqual([])
  expect(await leadhooks.migrate()).toEqual([])
})

test('a misspelt dry run is refused, and migrates nothing', async () => {
  const { step, leadhooks } = openUnmigrated()
  const misspelt = { dryrun: true } as object
  await expect(leadhooks.migrate(misspelt)).rejects.toMatchObject({
    code: 'invalid_request',
    issues: [{ pointer: '/dryrun' }],
  })
  expect(await leadhooks.migrate({ dryRun: true })).toEqual([step])
})
