import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readBody } from './read-body.ts'

test('a body is read whole, at its limit too', async () => {
  expect(await readBody(Readable.from([Buffer.from('ab'), 'ü']), 4)).toEqual(Buffer.from('abü'))
  await expect(readBody(Readable.from(['abü']), 3)).rejects.toMatchObject({ code: 'payload_too_large' })
})

test('a stream that ends before its body does is never waited for', async () => {
  const cut = new PassThrough()
  const reading = readBody(cut, 100)
  cut.write('half of it')
  cut.destroy()
  await expect(reading).rejects.toThrow('closed the connection')
  await expect(readBody(cut, 100)).rejects.toThrow('closed the connection')
})
