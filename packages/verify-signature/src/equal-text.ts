import { timingSafeEqual } from 'node:crypto'

/** Room for two texts of a length: those of digests are few, and need no memory of their own each time. */
const rooms = new Map<number, readonly [Buffer, Buffer]>()
const longestRoom = 128

/** Compares in constant time. The length of an encoded digest is no secret, and `timingSafeEqual` throws on another. */
export function equalText(given: string, expected: string): boolean {
  if (given.length !== expected.length || given.length > longestRoom) return false
  const [left, right] = roomFor(expected.length)
  // A text with characters of several bytes is none of a digest, and may end before the room does: the rest would be old.
  if (left.write(given) !== given.length) return false
  right.write(expected)
  return timingSafeEqual(left, right)
}

function roomFor(length: number): readonly [Buffer, Buffer] {
  const known = rooms.get(length)
  if (known !== undefined) return known
  const made = [Buffer.alloc(length), Buffer.alloc(length)] as const
  rooms.set(length, made)
  return made
}
