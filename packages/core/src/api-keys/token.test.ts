import { describe, expect, test } from 'vitest'
import { createToken, describeToken, parseToken } from './token.ts'

describe('a token', () => {
  test('names its prefix and environment, and selects by a double click', () => {
    expect(createToken('lh', 'live')).toMatch(/^lh_live_[0-9A-Za-z]{38}$/)
    expect(createToken('sk', 'test')).toMatch(/^sk_test_[0-9A-Za-z]{38}$/)
  })

  test('is never made twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createToken('lh', 'live'))).size).toBe(1000)
  })

  test('is recognised with its environment', () => {
    expect(parseToken('lh', createToken('lh', 'live'))).toBe('live')
    expect(parseToken('sk', createToken('sk', 'test'))).toBe('test')
  })

  test('with any one character changed is malformed', () => {
    const token = createToken('lh', 'live')
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'x' ? 'y' : 'x'
      expect(parseToken('lh', token.slice(0, i) + other + token.slice(i + 1))).toBeNull()
    }
  })

  test.each([
    '',
    'lh',
    'lh_live_',
    'lh_live_short',
    `${createToken('lh', 'live')}x`,
    ` ${createToken('lh', 'live')}`,
    createToken('sk', 'live'),
    'lh_prod_'.padEnd(46, 'a'),
    'lh_live_'.padEnd(46, 'é'),
    'x'.repeat(100_000),
  ])('%j is malformed', (token) => {
    expect(parseToken('lh', token)).toBeNull()
  })

  test('is shown later only by its beginning and its end', () => {
    const token = createToken('lh', 'live')
    expect(describeToken(token)).toEqual({ start: token.slice(0, 12), last4: token.slice(-4) })
  })
})
