import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { sqliteStorage } from '@leadhooks/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { hostHandle } from './open.ts'

test('checking a key that is not cached is one statement, and checking one that is cached none', async () => {
  const statements: string[] = []
  const database = hostHandle(':memory:', { verbose: (text) => void statements.push(String(text)) })
  const leadhooks: Leadhooks = createLeadhooks({
    storage: sqliteStorage({ database }),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
  })
  onTestFinished(async () => leadhooks.close())
  await leadhooks.migrate()
  const { token } = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'x' })
  const other = await leadhooks.apiKeys.create({ organizationId: 'acme', name: 'y' })
  // The first check of a process also begins to listen for changes.
  await leadhooks.apiKeys.verify(other.token)
  statements.length = 0
  for (const expected of [1, 0, 0]) {
    expect(await leadhooks.apiKeys.verify(token)).toMatchObject({ ok: true })
    // The file is also asked whether it was changed.
    expect(statements.splice(0).filter((text) => text.includes('api_key'))).toHaveLength(expected)
  }
})
