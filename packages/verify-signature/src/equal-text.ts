import { timingSafeEqual } from 'node:crypto'

/** Compares in constant time. Lengths are public: both texts are encoded digests, and `timingSafeEqual` wants them equal. */
export function equalText(given: string, expected: string): boolean {
  const givenBytes = Buffer.from(given)
  const expectedBytes = Buffer.from(expected)
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes)
}
