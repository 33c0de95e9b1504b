import { expect, test } from 'vitest'
import { createLeadhooks } from './create-leadhooks.ts'
import type { LeadhooksOptions } from './options.ts'
import { memoryStorage } from './storage/memory-storage.ts'
import type { Storage } from './storage/storage.ts'

const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]

async function diagnose(options: Partial<LeadhooksOptions> = {}): Promise<Record<string, string>> {
  const leadhooks = createLeadhooks({ storage: memoryStorage(), encryptionKeys, ...options })
  const diagnoses = await leadhooks.diagnose()
  await leadhooks.close()
  return Object.fromEntries(diagnoses.map(({ check, status, message }) => [check, `${status}: ${message}`]))
}

test('keys that work and a closed network are ok; that memory is lost is worth a warning', async () => {
  expect(await diagnose()).toEqual({
    workers: expect.stringMatching(/^warning: No worker .*startWorker/) as string,
    memory: expect.stringMatching(/^warning: .*use a database/) as string,
    'stored-credentials': expect.stringMatching(/^ok/) as string,
    'encryption-keys': expect.stringMatching(/^ok/) as string,
    'rate-limiter': expect.stringMatching(/^ok/) as string,
    network: expect.stringMatching(/^ok/) as string,
  })
})

test('a network that is open to the inside is a warning that names the options', async () => {
  const network = { allowPrivateAddresses: true, allowHttp: true }
  expect(await diagnose({ network })).toMatchObject({
    network: expect.stringMatching(/^warning: .*allowPrivateAddresses and allowHttp/) as string,
  })
  expect(await diagnose({ network: { allowHttp: true } })).toMatchObject({
    network: expect.not.stringContaining('allowPrivateAddresses') as string,
  })
})

/** A storage with a clock of its own, this far from the one of the process. */
function storageAhead(ms: number): Storage {
  return { ...memoryStorage(), currentTime: async () => new Date(Date.now() + ms) }
}

test('a clock that is off from the database is a warning with its distance and direction', async () => {
  expect(await diagnose({ storage: storageAhead(0) })).toMatchObject({
    clock: expect.stringMatching(/^ok/) as string,
  })
  expect(await diagnose({ storage: storageAhead(120_000) })).toMatchObject({
    clock: expect.stringMatching(/^warning: .* 120 s behind/) as string,
  })
  expect(await diagnose({ storage: storageAhead(-7000) })).toMatchObject({
    clock: expect.stringMatching(/^warning: .* 7 s ahead of/) as string,
  })
})

test('keys that open none of the stored secrets are a problem, and those that open some a warning', async () => {
  const storage = memoryStorage()
  const other = [{ id: 'k1', key: Buffer.alloc(32, 2).toString('base64') }]
  const add = async (keys: LeadhooksOptions['encryptionKeys']): Promise<string> => {
    const leadhooks = createLeadhooks({ storage, encryptionKeys: keys })
    const { webhook } = await leadhooks.webhooks.create({
      organizationId: 'acme',
      url: 'https://example.com',
    })
    return webhook.id
  }
  const id = await add(other)
  const { 'stored-credentials': none } = await diagnose({ storage })
  expect(none).toMatch(new RegExp(`^problem: .* 1 of 1 webhooks .*${id}.*put the key "k1"`))
  await add(encryptionKeys)
  expect(await diagnose({ storage })).toMatchObject({
    'stored-credentials': expect.stringMatching(/^warning: .* 1 of 2 webhooks/) as string,
  })
  expect(
    await diagnose({ storage, encryptionKeys: [...other, { id: 'k2', key: encryptionKeys[0]?.key }] }),
  ).toMatchObject({
    'stored-credentials': expect.stringMatching(/^warning/) as string,
  })
})
