import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTokenHashes } from './token-hash.ts'

const sha256 = createHash('sha256').update('lh_live_x').digest('hex')
const pepper = (id: string) => ({ id, secret: `a secret of ${id}` })
const peppered = (id: string): string =>
  `${id}.${createHmac('sha256', `a secret of ${id}`).update('lh_live_x').digest('hex')}`

describe('a token is stored', () => {
  test('as its SHA-256 where there is no pepper', () => {
    const hashes = createTokenHashes([])
    expect(hashes.current('lh_live_x')).toBe(sha256)
    expect(hashes.candidates('lh_live_x')).toEqual([sha256])
  })

  test('by the first pepper, whose id says so, and is still found by the others and by none', () => {
    const hashes = createTokenHashes([pepper('p2'), pepper('p1')])
    expect(hashes.current('lh_live_x')).toBe(peppered('p2'))
    expect(hashes.candidates('lh_live_x')).toEqual([peppered('p2'), peppered('p1'), sha256])
  })
})
