import type { Readable } from 'node:stream'
import { tooLarge } from './guard-options.ts'

/**
 * Reads a request to its end. Beyond `limitBytes` it rejects at once and drops the rest as it comes: a connection
 * that is cut would keep the sender from reading the answer.
 */
export function readBody(stream: Readable, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const closed = new Error('The sender closed the connection before the end of the body')
    if (stream.destroyed) reject(closed)
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer | string) => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      size += bytes.length
      if (size <= limitBytes) chunks.push(bytes)
      else reject(tooLarge(limitBytes))
    })
    stream.on('end', () => resolve(Buffer.concat(chunks)))
    stream.on('error', reject)
    stream.on('close', () => reject(closed))
  })
}
