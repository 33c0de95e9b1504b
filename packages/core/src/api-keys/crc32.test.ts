import { crc32 as zlibCrc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'

test.each(['', 'a', '123456789', 'lh_live_0123456789abcdefghijklmnopqrstuv'])(
  'the sum of %j is that of zlib',
  (text) => {
    const bytes = Buffer.from(`${text}rest`)
    expect(crc32(bytes, text.length)).toBe(zlibCrc32(text))
    for (let start = 0; start <= text.length; start++)
      expect(crc32(bytes, text.length, start, crc32(bytes, start))).toBe(zlibCrc32(text))
  },
)
