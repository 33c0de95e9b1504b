import { expect, onTestFinished, test } from 'vitest'
import { streamDeliveries } from '../src/index.ts'
import { startApiHost } from './api-host.ts'

test(
  'deliveries are followed, over a connection that breaks, until the signal ends it',
  { timeout: 30_000 },
  async () => {
    const host = await startApiHost()
    onTestFinished(async () => host.close())
    const { leadhooks, baseUrl, apiKey } = host
    const breaks: AbortController[] = []
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const broken = new AbortController()
      breaks.push(broken)
      return globalThis.fetch(url, {
        ...init,
        signal: AbortSignal.any([broken.signal, init?.signal ?? broken.signal]),
      })
    }
    const client = { baseUrl, apiKey, fetch }
    const organizationId = 'acme'
    await leadhooks.webhooks.create({ organizationId, url: 'https://example.com/hooks' })
    const cancelOne = async (): Promise<string> => {
      await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { id: 'lead_1' } })
      const { data } = await leadhooks.deliveries.list({ organizationId, limit: 1 })
      return (await leadhooks.deliveries.cancel({ organizationId, id: data[0]?.id ?? '' })).id
    }

    const abort = new AbortController()
    const told: string[] = []
    const expected: string[] = []
    for await (const event of streamDeliveries(client, { status: 'cancelled' }, { signal: abort.signal })) {
      if (event.type === 'ready' && expected.length === 0) expected.push(await cancelOne())
      if (event.type !== 'delivery') continue
      told.push(event.delivery.id)
      if (told.length === 2) break
      // What happens while it is away is told when it is back.
      breaks.at(-1)?.abort()
      expected.push(await cancelOne())
    }
    expect(told).toEqual(expected)
    expect(host.seen.at(-1)?.['last-event-id']).toMatch(/^\d+-\d+$/)

    const next = streamDeliveries(client, {}, { signal: abort.signal })
    await next.next()
    abort.abort(new Error('The screen was closed'))
    await expect(next.next()).rejects.toThrow('The screen was closed')
    const refused = streamDeliveries({ baseUrl, apiKey: 'lh_live_wrong' })
    await expect(refused.next()).rejects.toMatchObject({ status: 401 })
  },
)
