import { randomBytes } from 'node:crypto'
import { createLeadhooks, defineEvents, type Leadhooks, memoryStorage } from '@leadhooks/core'
import { fakeClock } from '@leadhooks/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { letSettle, openLeadhooks, openReceiver, organizationId, whileTimePasses } from './harness.ts'

const events = defineEvents({ new_lead: { schema: z.looseObject({ id: z.string() }) } })
const schema = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { type: 'number' }, closedAt: { type: 'string' } },
  additionalProperties: false,
}
/** As it comes from a configuration: no literal that the catalogue would have to know. */
const name: string = 'deal.won'
const won = { organizationId, type: name, data: { amount: 7 } }

/** Two that share a storage and a clock, as two processes do. */
function openTwo(): { one: Leadhooks; other: Leadhooks; clock: ReturnType<typeof fakeClock> } {
  const clock = fakeClock()
  const storage = memoryStorage()
  const encryptionKeys = [{ id: 'k1', key: randomBytes(32).toString('base64') }]
  const open = (): Leadhooks => createLeadhooks({ storage, encryptionKeys, events, clock }) as Leadhooks
  const [one, other] = [open(), open()]
  onTestFinished(async () => void (await Promise.all([one.close(), other.close()])))
  return { one, other, clock }
}

describe('an event type that is registered at run time', () => {
  test('is dispatched and delivered like one in code, and what does not match is refused with its path', async () => {
    const clock = fakeClock()
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ clock, events })
    await expect(leadhooks.dispatchEvent(won)).rejects.toMatchObject({ code: 'unknown_event_type' })
    const wanted = { organizationId, url: receiver.url, eventTypes: [name] }
    await expect(leadhooks.webhooks.create(wanted)).rejects.toMatchObject({ code: 'unknown_event_type' })
    await leadhooks.events.registerType({ organizationId, name, schema, example: { amount: 1 } })
    await leadhooks.webhooks.create(wanted)
    await leadhooks.webhooks.create({ ...wanted, eventTypes: ['deal.*'] })
    leadhooks.startWorker()
    const closedAt = new Date(0)
    const { event, deliveries } = await leadhooks.dispatchEvent({ ...won, data: { amount: 7, closedAt } })
    expect([event.data, deliveries]).toEqual([{ amount: 7, closedAt: closedAt.toISOString() }, 2])
    await whileTimePasses(clock, receiver.received(2))
    await letSettle(clock)
    expect(JSON.parse(String(receiver.requests[0]?.body))).toMatchObject({ event: name, data: event.data })
    for (const [data, pointer] of [
      [{ amount: '7' }, '/data/amount'],
      [{}, '/data/amount'],
      [{ amount: 1, other: 2 }, '/data/other'],
      ['x', '/data'],
      [undefined, '/data'],
    ] as const)
      await expect(leadhooks.dispatchEvent({ ...won, data })).rejects.toMatchObject({
        code: 'invalid_event_data',
        issues: [{ pointer }],
      })
    await expect(leadhooks.dispatchEvents([won, { ...won, data: {} }])).rejects.toMatchObject({
      issues: [{ pointer: '/1/data/amount' }],
    })
    expect((await leadhooks.events.list({ organizationId })).data).toHaveLength(1)
    expect(() => leadhooks.dispatchEventSync({ ...won, data: {} })).toThrow(/amount/)
    expect(leadhooks.dispatchEventSync(won).deliveries).toBe(2)
    await whileTimePasses(clock, receiver.received(4))
    await letSettle(clock)
  })

  test('has an example to test webhooks with', async () => {
    const receiver = await openReceiver()
    const { leadhooks } = await openLeadhooks({ events })
    await leadhooks.events.registerType({ organizationId, name, schema, example: { amount: 42 } })
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    for (const eventType of [name, undefined]) {
      const sent = await leadhooks.webhooks.test({ organizationId, id: webhook.id, eventType })
      expect(JSON.parse(sent.request.body)).toMatchObject({ event: name, data: { amount: 42 } })
    }
  })

  test('is known in other processes within ten seconds, changed and deleted too, and here at once', async () => {
    const { one, other, clock } = openTwo()
    const refused = (leadhooks: Leadhooks, code: string) =>
      expect(leadhooks.dispatchEvent(won)).rejects.toMatchObject({ code })
    await refused(other, 'unknown_event_type')
    await one.events.registerType({ name, schema })
    await one.dispatchEvent(won)
    await clock.advance(9_999)
    await refused(other, 'unknown_event_type')
    await clock.advance(1)
    await other.dispatchEvent(won)
    await one.events.updateType({ name, schema: { type: 'string' } })
    await refused(one, 'invalid_event_data')
    await other.dispatchEvent(won)
    await clock.advance(10_000)
    await refused(other, 'invalid_event_data')
    await other.events.deleteType({ name })
    await refused(other, 'unknown_event_type')
    await refused(one, 'unknown_event_type')
    await one.events.registerType({ name, schema })
    await one.dispatchEvent(won)
    await other.events.updateType({ name, schema: { type: 'string' } })
    await one.dispatchEvent(won)
    await clock.advance(10_000)
    await refused(one, 'invalid_event_data')
  })

  test('is known at once to whoever dispatches while it is being registered and changed', async () => {
    const { one } = openTwo()
    for (let round = 0; round < 20; round++) {
      await Promise.all([
        one.events.registerType({ name, schema }),
        ...Array.from({ length: 5 }, () => one.dispatchEvent(won).catch(() => {})),
      ])
      await one.dispatchEvent(won)
      await Promise.all([
        ...Array.from({ length: 5 }, () => one.dispatchEvent(won).catch(() => {})),
        one.events.deleteType({ name }),
        ...Array.from({ length: 5 }, () => one.dispatchEvent(won).catch(() => {})),
      ])
      await expect(one.dispatchEvent(won)).rejects.toMatchObject({ code: 'unknown_event_type' })
    }
  })

  test('belongs to an organization, or to all', async () => {
    const { one } = openTwo()
    const own = await one.events.registerType({ organizationId, name, schema, description: 'Own' })
    await expect(one.dispatchEvent({ ...won, organizationId: 'globex' })).rejects.toMatchObject({
      code: 'unknown_event_type',
    })
    const names = async (of?: string) =>
      (await one.events.types({ organizationId: of })).map((type) => [type.name, type.organizationId])
    expect(await names(organizationId)).toEqual([
      ['new_lead', null],
      [name, organizationId],
    ])
    expect(await names('globex')).toEqual([['new_lead', null]])
    const ofAll = await one.events.registerType({ name, schema: { type: 'string' } })
    expect([own.organizationId, ofAll.organizationId]).toEqual([organizationId, '*'])
    for (const of of [organizationId, 'globex', undefined])
      expect(await names(of)).toEqual([
        ['new_lead', null],
        [name, '*'],
      ])
    await expect(one.dispatchEvent(won)).rejects.toMatchObject({ code: 'invalid_event_data' })
  })

  test('cannot take the place of one in code, and gives way to it', async () => {
    const { one } = openTwo()
    await expect(one.events.registerType({ name: 'new_lead', schema: {} })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('in the code of the host'),
    })
    await expect(one.events.registerType({ name: 'webhook.disabled', schema: {} })).rejects.toMatchObject({
      code: 'conflict',
    })
    const storage = memoryStorage()
    const open = (catalogue: ReturnType<typeof defineEvents>): Leadhooks =>
      createLeadhooks({
        storage,
        events: catalogue,
        encryptionKeys: [{ id: 'k1', key: randomBytes(32).toString('base64') }],
      }) as Leadhooks
    await open(defineEvents({})).events.registerType({ name, schema: { const: 'never' } })
    const later = open(defineEvents({ 'deal.won': { description: 'In code', schema: z.unknown() } }))
    await later.dispatchEvent(won)
    expect(await later.events.types()).toMatchObject([{ name, description: 'In code' }])
  })

  test('is checked where the host has no types in code too, and all others pass there', async () => {
    const { leadhooks } = await openLeadhooks()
    await leadhooks.events.registerType({ organizationId, name, schema })
    await expect(leadhooks.dispatchEvent({ ...won, data: {} })).rejects.toMatchObject({
      code: 'invalid_event_data',
    })
    await leadhooks.dispatchEvent(won)
    await leadhooks.dispatchEvent({ ...won, type: 'anything', data: {} })
  })

  test('is written down who registers, changes or deletes', async () => {
    const { one } = openTwo()
    const actor = { type: 'user', id: 'ada' } as const
    await one.events.registerType({ organizationId, name, schema, actor })
    await one.events.updateType({ organizationId, name, description: 'A deal', actor })
    await one.events.deleteType({ organizationId, name, actor })
    await one.events.registerType({ name, schema, actor })
    const { data } = await one.audit.list({ organizationId, targetId: name })
    data.sort((a, b) => a.sequence - b.sequence)
    expect(data.map(({ action }) => action)).toEqual([
      'event_type.registered',
      'event_type.updated',
      'event_type.deleted',
    ])
    expect(data[1]).toMatchObject({ actor, before: { description: null }, after: { description: 'A deal' } })
    expect((await one.audit.list({ organizationId: '*' })).data).toMatchObject([
      { action: 'event_type.registered' },
    ])
    expect(await one.audit.verify({ organizationId: '*' })).toMatchObject({ ok: true, entries: 1 })
  })

  test('is refused with what is wrong with it, and then nothing is there', async () => {
    const { one } = openTwo()
    for (const [input, pointer] of [
      [{ name: 'no name', schema }, '/name'],
      [{ name }, '/schema'],
      [{ name, schema: { $ref: 'https://evil.example/' } }, '/schema/$ref'],
      [{ name, schema, example: {} }, '/example/amount'],
      [{ name, schema, example: { amount: Number.NaN } }, '/example/amount'],
      [{ name, schema, unknown: 1 }, '/unknown'],
    ] as const)
      await expect(one.events.registerType(input as never)).rejects.toMatchObject({ issues: [{ pointer }] })
    expect(await one.events.types()).toHaveLength(1)
    await one.events.registerType({ name, schema, example: { amount: 1 } })
    await expect(one.events.registerType({ name, schema })).rejects.toMatchObject({ code: 'conflict' })
    const narrower = { ...schema, required: ['closedAt'] }
    await expect(one.events.updateType({ name, schema: narrower })).rejects.toMatchObject({
      issues: [{ pointer: '/example/closedAt' }],
    })
    await one.events.updateType({ name, schema: narrower, example: null })
    const foreign = { organizationId, name }
    await expect(one.events.updateType(foreign)).rejects.toMatchObject({ code: 'not_found' })
    await expect(one.events.deleteType(foreign)).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('types in code cost no look at the storage, and others one every five seconds, beside the events', async () => {
  const clock = fakeClock()
  const asked: string[] = []
  const right = memoryStorage()
  const storage = {
    ...right,
    eventTypesVersion: async () => (asked.push('version'), right.eventTypesVersion()),
    findEventTypeRulesSync: () => expect.unreachable(),
    findEventTypeRules: async (...args: Parameters<typeof right.findEventTypeRules>) => (
      asked.push('rules'),
      right.findEventTypeRules(...args)
    ),
  }
  const { leadhooks } = await openLeadhooks({ clock, events, storage })
  for (let n = 0; n < 3; n++)
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { id: 'x' } })
  expect(asked.splice(0)).toEqual(['version'])
  const without = await openLeadhooks({ clock, storage })
  const dispatch = async (): Promise<void> =>
    void (await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        without.leadhooks.dispatchEvent({ ...won, organizationId: `org_${n}` }),
      ),
    ))
  await dispatch()
  await dispatch()
  expect(asked.splice(0)).toEqual(['version'])
  for (let n = 0; n < 10; n++) {
    await clock.advance(2_500)
    // What is dispatched in a transaction has to be known already.
    without.leadhooks.dispatchEventSync(won)
  }
  expect(asked.splice(0)).toEqual(Array.from({ length: 5 }, () => 'version'))
  await clock.advance(10_000)
  await dispatch()
  expect(asked.splice(0)).toEqual(['version'])
  await without.leadhooks.events.registerType({ name, schema })
  await dispatch()
  await dispatch()
  expect(asked.filter((what) => what === 'version')).toHaveLength(1)
  expect(asked.filter((what) => what === 'rules')).toHaveLength(50)
})
