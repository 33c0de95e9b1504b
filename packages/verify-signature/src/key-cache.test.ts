import { expect, test } from 'vitest'
import { remember } from './key-cache.ts'

test('the newest key is remembered, and no number of secrets fills the memory', () => {
  const keys = new Map<string, number>()
  for (let i = 0; i < 10_000; i++) {
    remember(keys, `secret ${i}`, i)
    expect(keys.get(`secret ${i}`)).toBe(i)
  }
  expect(keys.size).toBeLessThanOrEqual(512)
})
