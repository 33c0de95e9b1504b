import { createLeadhooks, memoryStorage } from '@leadhooks/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen, versions } from '../test/listen.ts'
import { leadhooksFastify } from './leadhooks-fastify.ts'

const organizationId = 'acme'

describe.each(versions)('a live stream by Fastify $version', ({ fastify }) => {
  test('comes as it happens, and ends when Leadhooks closes', { timeout: 30_000 }, async () => {
    const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
    const leadhooks = createLeadhooks({ storage: memoryStorage(), encryptionKeys })
    const app = fastify()
    void app.register(leadhooksFastify, { leadhooks, prefix: '/api' })
    const host = await listen(app)
    onTestFinished(async () => host.close())
    const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'Key', role: 'admin' })
    const response = await fetch(`${host.origin}/api/deliveries/stream`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('event: ready')) text += Buffer.from((await reader.read()).value ?? []).toString()
    await leadhooks.close()
    expect((await reader.read()).done).toBe(true)
  })
})
