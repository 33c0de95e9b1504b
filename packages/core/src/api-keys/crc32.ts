const polynomial = 0xedb88320

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
  return rest
})

/**
 * The CRC-32 (ISO 3309) of the bytes up to `end`; of those before `start` the sum is known already, as `before`. Every check of a
 * token begins with it: for so few bytes this is faster than the way into zlib and back.
 */
export function crc32(bytes: Uint8Array, end: number, start = 0, before = 0): number {
  let crc = ~before
  // No index is ever out of bounds; saying so costs less than asking.
  for (let i = start; i < end; i++) crc = (table[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}
