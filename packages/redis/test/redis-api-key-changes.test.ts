import { createLeadhooks, type Leadhooks, memoryStorage, type Storage } from '@leadhooks/core'
import { redisApiKeyChanges } from '@leadhooks/redis'
import { onTestFinished, test, vi } from 'vitest'
import { openOwn } from './open.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

function open(storage: Storage, client: Parameters<typeof redisApiKeyChanges>[0]['client']): Leadhooks {
  const leadhooks: Leadhooks = createLeadhooks({
    storage,
    encryptionKeys,
    apiKeys: { changes: redisApiKeyChanges({ client }) },
  })
  onTestFinished(async () => leadhooks.close())
  return leadhooks
}

test('a key that is revoked in one process is refused in the other at once, and read each time while Redis is silent', async () => {
  const { client, freeze, thaw } = await openOwn()
  const right = memoryStorage() as Storage
  let reads = 0
  const storage: Storage = {
    ...right,
    async findApiKeyByHash(hashes) {
      reads++
      return right.findApiKeyByHash(hashes)
    },
  }
  const [here, there] = [open(storage, client), open(storage, client)]
  const { token, apiKey } = await here.apiKeys.create({ organizationId: 'acme', name: 'x' })
  const isCached = async (): Promise<boolean> => {
    await there.apiKeys.verify(token)
    const before = reads
    await there.apiKeys.verify(token)
    return reads === before
  }
  await vi.waitUntil(isCached, { timeout: 10_000 })

  freeze()
  await vi.waitUntil(async () => !(await isCached()), { timeout: 2000, interval: 20 })
  thaw()
  await vi.waitUntil(isCached, { timeout: 10_000 })

  await here.apiKeys.revoke({ organizationId: 'acme', id: apiKey.id })
  await vi.waitUntil(async () => !(await there.apiKeys.verify(token)).ok, { timeout: 500, interval: 1 })
})
