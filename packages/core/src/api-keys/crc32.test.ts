import { crc32 as zlibCrc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

test.each(['', 'a', '123456789', 'lh_live_0123456789abcdefghijklmnopqrstuv'])(
  'the sum of %j is that of zlib',
  (text) => {
    expect(crc32(text, text.length)).toBe(zlibCrc32(text))
    expect(crc32(`${text}rest`, text.length)).toBe(zlibCrc32(text))
  },
)
