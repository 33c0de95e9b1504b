// A host's process that checks an API key again and again. Started by a test, which is told of every answer.
import { createLeadhooks } from '@leadhooks/core'
import { openPlace } from './storage-place.ts'
import type { VerifyConfig, VerifyReport } from './verify-config.ts'

const { place, token } = JSON.parse(process.argv[2] ?? '') as VerifyConfig
const leadhooks = createLeadhooks({
  storage: openPlace(place),
  encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
})

/** Several at a time: an answer that waits for a database that is silent holds up no other. */
setInterval(() => {
  const askedAt = Date.now()
  void leadhooks.apiKeys.verify(token).then(
    ({ ok }) => process.send?.({ askedAt, answeredAt: Date.now(), ok } satisfies VerifyReport),
    () => {},
  )
}, 10)
process.on('disconnect', () => process.exit(0))
