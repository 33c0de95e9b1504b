import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, test } from 'vitest'
import { letSettle, openLeadhooks, openReceiver, organizationId } from './harness.ts'

describe('a webhook with channels', () => {
  test('is sent the events that carry one of them, and one without is sent all', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const create = async (path: string, channels?: string[]): Promise<string> => {
      const { webhook } = await leadhooks.webhooks.create({
        organizationId,
        url: `${receiver.url}/${path}`,
        channels,
      })
      expect(webhook.channels).toEqual(channels ?? [])
      return webhook.id
    }
    const id = await create('project', ['project-42', 'project-43'])
    await create('all')
    leadhooks.startWorker()
    const dispatch = async (n: number, channels?: string[]): Promise<number> =>
      (await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { n }, channels })).deliveries
    expect([
      await dispatch(1),
      await dispatch(2, []),
      await dispatch(3, ['project-42', 'eu']),
      await dispatch(4, ['project-4']),
    ]).toEqual([1, 1, 2, 1])
    const sync = { organizationId, type: 'new_lead', data: { n: 5 }, channels: ['project-43'] }
    expect(leadhooks.dispatchEventSync(sync).deliveries).toBe(2)
    await leadhooks.webhooks.update({ organizationId, id, channels: ['project-4'] })
    expect(await dispatch(6, ['project-42'])).toBe(1)
    expect(await dispatch(7, ['project-4'])).toBe(2)
    await letSettle(clock)

    const sent = receiver.requests.map(({ url, body }) => {
      const { data } = JSON.parse(body.toString()) as { data: { n: number } }
      return `${url} ${data.n}`
    })
    const toAll = [1, 2, 3, 4, 5, 6, 7].map((n) => `/all ${n}`)
    expect(new Set(sent)).toEqual(new Set([...toAll, '/project 3', '/project 5', '/project 7']))
    const { data } = await leadhooks.events.list({ organizationId })
    const shown = new Map(data.map((event) => [(event.data as { n: number }).n, event.channels]))
    expect([shown.get(1), shown.get(2), shown.get(3)]).toEqual([[], [], ['project-42', 'eu']])
  })

  test('recovers what carries one of them', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock })
    const since = new Date(clock.now())
    for (const channels of [undefined, ['a'], ['b', 'c'], ['d']])
      await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {}, channels })
    await clock.advance(1000)
    const { webhook } = await leadhooks.webhooks.create({
      organizationId,
      url: receiver.url,
      channels: ['a', 'c'],
    })
    const { total } = await leadhooks.webhooks.recover({
      organizationId,
      id: webhook.id,
      since,
      dryRun: true,
    })
    expect(total).toBe(2)
    await letSettle(clock)
  })
})

describe('channels that are none', () => {
  test.each([
    ['with a blank', ['project 42']],
    ['empty', ['']],
    ['too long', ['x'.repeat(129)]],
    ['no text', [42]],
    ['no list', 'project-42'],
    ['too many', Array.from({ length: 11 }, (_, n) => `project-${n}`)],
  ])('are refused: %s', async (_, channels) => {
    const { leadhooks } = await openLeadhooks()
    const refusal = { code: 'invalid_request' }
    const bad = { organizationId, type: 'new_lead', data: {}, channels } as never
    await expect(leadhooks.dispatchEvent(bad)).rejects.toMatchObject(refusal)
    expect(() => leadhooks.dispatchEventSync(bad)).toThrow(expect.objectContaining(refusal))
    const webhook = { organizationId, url: 'https://receiver.example/', channels } as never
    await expect(leadhooks.webhooks.create(webhook)).rejects.toMatchObject(refusal)
    expect((await leadhooks.events.list({ organizationId })).data).toEqual([])
    expect((await leadhooks.webhooks.list({ organizationId })).data).toEqual([])
  })
})
