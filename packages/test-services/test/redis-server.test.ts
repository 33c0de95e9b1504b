import { Redis } from 'ioredis'
import { expect, test, vi } from 'vitest'
import { startRedis } from '../src/index.ts'

// Where Redis has to be installed first, that takes a while.
vi.setConfig({ testTimeout: 300_000 })

test('answers PING, and again after a stop and a start', async () => {
  const server = await startRedis()
  try {
    expect(await ping(server.url)).toBe('PONG')
    await server.stop()
    await expect(ping(server.url)).rejects.toThrow()
    await server.start()
    expect(await ping(server.url)).toBe('PONG')
  } finally {
    await server.close()
  }
  await expect(ping(server.url)).rejects.toThrow()
})

async function ping(url: string): Promise<string> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    return await client.ping()
  } finally {
    client.disconnect()
  }
}
