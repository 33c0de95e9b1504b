import { expect, test } from 'vitest'
import { equalText } from './equal-text.ts'

const digest = 'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

test('a text equals itself and no other, whatever was compared before', () => {
  for (const other of [digest, digest.replace('g', 'h'), 'ab'.repeat(32), digest])
    for (const given of [digest, other]) expect(equalText(given, other)).toBe(given === other)
  expect(equalText(digest, digest)).toBe(true)
})

test.each(['é', '€', 'Ł', '\u{1f600}', 'x', ' '])('with %j anywhere in it, it is another', (character) => {
  for (let at = 0; at < digest.length; at++) {
    expect(equalText(digest, digest)).toBe(true)
    const other = digest.slice(0, at) + character + digest.slice(at + character.length)
    expect(equalText(other, digest)).toBe(other === digest)
    expect(equalText((digest.slice(0, at) + character).padEnd(44, '='), digest)).toBe(false)
  }
})
