import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createLeadhooks } from '../create-leadhooks.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import { defineEvents } from './event-catalogue.ts'

const events = defineEvents({
  new_lead: { schema: z.object({ id: z.string(), score: z.number().optional() }) },
  lost_deal: { schema: z.object({ reason: z.string() }) },
})
const encryptionKeys = [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }]
const open = () => createLeadhooks({ storage: memoryStorage(), encryptionKeys, events })
const organizationId = 'acme'

describe('dispatching an event', () => {
  test('answers the event with its id and data', async () => {
    const dispatched = await open().dispatchEvent({
      organizationId,
      type: 'new_lead',
      data: { id: 'lead_1' },
    })
    expect(dispatched).toMatchObject({
      event: { id: expect.stringMatching(/^evt_/), type: 'new_lead', data: { id: 'lead_1' } },
      deliveries: 0,
      duplicate: false,
    })
  })

  test('again with the same id answers the first one, and says so', async () => {
    const leadhooks = open()
    const first = await leadhooks.dispatchEvent({
      organizationId,
      type: 'new_lead',
      data: { id: 'lead_1' },
      id: 'e-1',
    })
    const again = await leadhooks.dispatchEvent({
      organizationId,
      type: 'new_lead',
      data: { id: 'other' },
      id: 'e-1',
    })
    expect(again).toEqual({ ...first, duplicate: true })
    const elsewhere = {
      organizationId: 'other',
      type: 'new_lead',
      data: { id: 'lead_2' },
      id: 'e-1',
    } as const
    expect(await leadhooks.dispatchEvent(elsewhere)).toMatchObject({ duplicate: false })
  })

  test.each([
    ['data that does not match', { data: { id: 7 } }, 'invalid_event_data', '/data/id'],
    ['no data', { data: undefined }, 'invalid_event_data', '/data'],
    ['an unknown type', { type: 'lost_lead' }, 'unknown_event_type', '/type'],
    ['an id that no header can carry', { id: 'a.b' }, 'invalid_request', '/id'],
    ['no organization', { organizationId: '' }, 'invalid_request', '/organizationId'],
    ['a field that does not belong', { urgent: true }, 'invalid_request', '/urgent'],
  ])('refuses %s, and writes nothing', async (_, fault, code, pointer) => {
    const leadhooks = open()
    const event = { organizationId, type: 'new_lead', data: { id: 'lead_1' }, ...fault } as never
    const refusal = expect.objectContaining({ code, issues: [expect.objectContaining({ pointer })] })
    await expect(leadhooks.dispatchEvent(event)).rejects.toEqual(refusal)
    expect(() => leadhooks.dispatchEventSync(event)).toThrow(refusal)
    expect((await leadhooks.events.list({ organizationId })).data).toEqual([])
  })

  test('of many names the one at fault, and writes none', async () => {
    const leadhooks = open()
    const good = { organizationId, type: 'new_lead', data: { id: 'lead_1' } } as const
    const bad = { organizationId, type: 'new_lead', data: { id: 'lead_2', score: Number.NaN } } as const
    await expect(leadhooks.dispatchEvents([good, bad])).rejects.toMatchObject({
      code: 'invalid_event_data',
      issues: [{ pointer: '/1/data/score' }],
    })
    expect((await leadhooks.events.list({ organizationId })).data).toEqual([])
    expect(await leadhooks.dispatchEvents([])).toEqual([])
  })
})

describe('the types', () => {
  test('know the catalogue', async () => {
    const leadhooks = open()
    // @ts-expect-error -- no such event type
    await expect(leadhooks.dispatchEvent({ organizationId, type: 'lost_lead', data: {} })).rejects.toThrow()
    // @ts-expect-error -- the id is a string
    const withNumber = leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { id: 7 } })
    await expect(withNumber).rejects.toThrow()
    const { event } = await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { id: 'x' } })
    expect(event.data.id satisfies string).toBe('x')
  })

  test('tell the events of a list apart', async () => {
    const leadhooks = open()
    const lead = { organizationId, type: 'new_lead', data: { id: 'lead_1' } } as const
    const dispatched = await leadhooks.dispatchEvents([
      lead,
      { organizationId, type: 'lost_deal', data: { reason: 'price' } },
    ])
    for (const { event } of dispatched) {
      if (event.type === 'lost_deal') expect(event.data.reason satisfies string).toBe('price')
    }
    // @ts-expect-error -- the data of another type
    const mixedUp = leadhooks.dispatchEvents([lead, { organizationId, type: 'lost_deal', data: { id: 'x' } }])
    await expect(mixedUp).rejects.toThrow()
  })

  test('let anything pass without a catalogue', async () => {
    const leadhooks = createLeadhooks({ storage: memoryStorage(), encryptionKeys })
    const dispatched = await leadhooks.dispatchEvent({
      organizationId,
      type: 'whatever.happens',
      data: [1, 'two'],
    })
    expect(dispatched.event.data).toEqual([1, 'two'])
  })
})
