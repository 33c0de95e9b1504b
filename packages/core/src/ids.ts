import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Random bytes for many ids at once: one call to the system's generator costs as much as a thousand ids. */
let pool = Buffer.alloc(0)
let offset = 0

function takeRandom(length: number): Buffer {
  if (offset + length > pool.length) {
    pool = randomBytes(4096)
    offset = 0
  }
  offset += length
  return pool.subarray(offset - length, offset)
}

/**
 * 26 characters: 48 bits of the time and 80 random ones in Crockford's base 32 (a ULID, https://github.com/ulid/spec), so
 * that ids sort by age and new rows land at the end of an index.
 */
function ulid(now: number): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    time = alphabet.charAt(rest % 32) + time
  const random = takeRandom(16)
  for (const byte of random) time += alphabet.charAt(byte & 31)
  return time
}

export const newApiKeyId = (now: number): string => `key_${ulid(now)}`
export const newWebhookId = (now: number): string => `whk_${ulid(now)}`
export const newEventId = (now: number): string => `evt_${ulid(now)}`
export const newAuditId = (now: number): string => `aud_${ulid(now)}`
export const newAlertId = (now: number): string => `alt_${ulid(now)}`
export const newBulkReplayId = (now: number): string => `rpl_${ulid(now)}`
export const newBatchId = (now: number): string => `bat_${ulid(now)}`
export const newDeliveryId = (now: number): string => `dlv_${ulid(now)}`

/** A fencing token: random, so that no crash of a server can hand out the same one again. */
export const newLease = (): string => takeRandom(12).toString('base64url')
