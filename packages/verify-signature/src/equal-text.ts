import { timingSafeEqual } from 'node:crypto'

/** Compares in constant time. The length of an encoded digest is no secret, and `timingSafeEqual` throws on another. */
export function equalText(given: string, expected: string): boolean {
  const givenBytes = Buffer.from(given)
  const expectedBytes = Buffer.from(expected)
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes)
}
