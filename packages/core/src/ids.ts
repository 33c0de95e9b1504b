import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Random bytes for many ids at once: one call to the system's generator costs as much as a thousand ids. */
let pool = Buffer.alloc(0)
let offset = 0

/** Answers where in the pool the next bytes are: to cut them out would take longer than to write an id. */
function takeRandom(length: number): number {
  if (offset + length > pool.length) {
    pool = randomBytes(4096)
    offset = 0
  }
  offset += length
  return offset - length
}

/** Many ids are of the same millisecond. */
let written = { now: 0, text: '0000000000' }

function timeText(now: number): string {
  if (written.now === now) return written.text
  let text = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32))
    text = alphabet.charAt(rest % 32) + text
  written = { now, text }
  return text
}

/**
 * 26 characters: 48 bits of the time and 80 random ones in Crockford's base 32 (a ULID, https://github.com/ulid/spec), so
 * that ids sort by age and new rows land at the end of an index.
 */
function ulid(now: number): string {
  let text = timeText(now)
  const start = takeRandom(16)
  for (let at = start; at < start + 16; at++) text += alphabet.charAt((pool[at] ?? 0) & 31)
  return text
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
export function newLease(): string {
  const start = takeRandom(12)
  return pool.toString('base64url', start, start + 12)
}
