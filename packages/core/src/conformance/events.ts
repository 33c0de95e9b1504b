import assert from 'node:assert/strict'
import type { NewEvent, Storage } from '../storage/storage.ts'
import type { StoredEvent } from '../model/event.ts'
import type { StoredWebhook } from '../model/webhook.ts'
import { type ConformanceCase, storageCase } from './conformance-case.ts'
import { addWebhook, after, claim, claimOne, dispatch, eventRow, only, race, start } from './fixtures.ts'

/** The event as it is to be stored: what it matches is of use only while it is dispatched. */
function storedOf({ patterns: _patterns, ...event }: NewEvent): StoredEvent {
  return event
}

async function deliveriesOf(storage: Storage, eventId: string): Promise<number> {
  return (await storage.listDeliveries({ organizationId: 'acme', eventId, limit: 100 })).length
}

/** An event that cannot be written: it breaks off while its body is read. */
function unreadable(): NewEvent {
  return Object.defineProperty(eventRow(), 'body', {
    enumerable: true,
    get() {
      throw new Error('This event cannot be read')
    },
  })
}

export const eventCases: readonly ConformanceCase[] = [
  storageCase('an event is found by its id, exactly as it was stored', async (storage) => {
    const event = eventRow({ id: 'Host-Id_7', createdAt: after(123) })
    const inserted = only(await storage.insertEvents([event], { now: after(200) }))
    assert.deepEqual(inserted, { event: storedOf(event), deliveries: 0, duplicate: false })
    assert.deepEqual(await storage.findEvent(event), storedOf(event))
    assert.equal(await storage.findEvent({ organizationId: 'acme', id: 'evt_unknown' }), null)
  }),

  storageCase(
    'an event makes a pending delivery, due at once, for every webhook that matches',
    async (storage) => {
      const webhooks = [await addWebhook(storage), await addWebhook(storage)]
      const event = eventRow({ createdAt: after(5) })
      assert.equal(only(await storage.insertEvents([event], { now: after(5) })).deliveries, 2)
      const deliveries = await storage.listDeliveries({ organizationId: 'acme', limit: 10 })
      assert.deepEqual(
        new Set(deliveries.map(({ webhookId }) => webhookId)),
        new Set(webhooks.map(({ id }) => id)),
      )
      assert.equal(new Set(deliveries.map(({ id }) => id)).size, 2)
      for (const delivery of deliveries) {
        assert.deepEqual(delivery, {
          id: delivery.id,
          organizationId: 'acme',
          webhookId: delivery.webhookId,
          eventId: event.id,
          eventType: 'contact.created',
          status: 'pending',
          reason: null,
          attempts: 0,
          nextAttemptAt: after(5),
          statusCode: null,
          failure: null,
          replayOf: null,
          replayRoot: null,
          replayDepth: 0,
          createdAt: after(5),
          finishedAt: null,
          resolvedAt: null,
        })
        assert.deepEqual(await storage.listAttempts(delivery), [])
      }
    },
  ),

  storageCase(
    'a webhook matches by event type, by `contact.*`, or by having no event types',
    async (storage) => {
      const patterns = ['contact.email.changed', 'contact.email.*', 'contact.*']
      const matching = [
        [],
        ['contact.email.changed'],
        ['contact.*'],
        ['contact.email.*'],
        ['new_lead', 'contact.*'],
        patterns,
      ]
      const others = [
        ['new_lead'],
        ['contact'],
        ['contact.email'],
        ['contact.email.changed.*'],
        ['contact_email_changed'],
        ['Contact.Email.Changed'],
        ['%'],
        ['*'],
        ['contact.emai_.changed', 'contact.%'],
      ]
      const expected = []
      for (const eventTypes of matching) expected.push((await addWebhook(storage, { eventTypes })).id)
      for (const eventTypes of others) await addWebhook(storage, { eventTypes })
      const event = eventRow({ type: 'contact.email.changed', patterns })
      assert.equal(only(await storage.insertEvents([event], { now: start })).deliveries, matching.length)
      const deliveries = await storage.listDeliveries({ organizationId: 'acme', limit: 100 })
      assert.deepEqual(deliveries.map(({ webhookId }) => webhookId).sort(), expected.sort())
    },
  ),

  storageCase(
    'a webhook with channels gets the events that carry one of them, and one without gets all',
    async (storage) => {
      const settings: Record<string, Partial<StoredWebhook>> = {
        all: {},
        one: { channels: ['project-1'] },
        two: { channels: ['project-1', 'project_2'] },
        other: { channels: ['project-2', 'Project-1', 'project', '%', 'project.1'] },
        typed: { channels: ['project-1'], eventTypes: ['contact.*'] },
        otherType: { channels: ['project-1'], eventTypes: ['new_lead'] },
      }
      const names = new Map<string, string>()
      for (const [name, setting] of Object.entries(settings))
        names.set((await addWebhook(storage, setting)).id, name)
      const expected: [string[] | null, string[]][] = [
        [null, ['all']],
        [['project-1'], ['all', 'one', 'two', 'typed']],
        [
          ['project_2', 'eu:west_1.a'],
          ['all', 'two'],
        ],
        [
          ['project-1', 'project_2', 'project-2'],
          ['all', 'one', 'two', 'other', 'typed'],
        ],
        [['project-10'], ['all']],
      ]
      const events = expected.map(([channels]) => eventRow({ channels }))
      const [first] = events
      assert.ok(first !== undefined)
      const inserted = [
        ...(await storage.insertEvents([first], { now: start })),
        ...(await storage.insertEvents(events.slice(1, 2), { now: start })),
        ...(await storage.insertEvents(events.slice(2), { now: start })),
      ]
      for (const [index, { event, deliveries }] of inserted.entries()) {
        const [channels, wanted = []] = expected[index] ?? []
        assert.deepEqual([event.channels, deliveries], [channels, wanted.length])
        assert.deepEqual(await storage.findEvent(event), event)
        const ofEvent = { organizationId: 'acme', eventId: event.id, limit: 100 }
        const made = await storage.listDeliveries(ofEvent)
        assert.deepEqual(made.map(({ webhookId }) => names.get(webhookId) ?? '').sort(), [...wanted].sort())
      }
      const listed = await storage.listEvents({ organizationId: 'acme', limit: 100 })
      assert.deepEqual(
        new Map(listed.map((event) => [event.id, event.channels])),
        new Map(events.map((event) => [event.id, event.channels])),
      )
      const again = only(
        await storage.insertEvents([{ ...events[1], ...first, id: events[1]?.id ?? '' }], { now: start }),
      )
      assert.deepEqual([again.duplicate, again.event.channels], [true, ['project-1']])
    },
  ),

  storageCase('what channels a webhook takes can be changed', async (storage) => {
    const webhook = await addWebhook(storage, { channels: ['project-1'] })
    const deliveriesOn = async (channels: string[] | null): Promise<number> =>
      only(await storage.insertEvents([eventRow({ channels })], { now: start })).deliveries
    assert.deepEqual([await deliveriesOn(['project-2']), await deliveriesOn(null)], [0, 0])
    await storage.updateWebhook(webhook, { channels: ['project-2'] })
    assert.deepEqual([await deliveriesOn(['project-2']), await deliveriesOn(['project-1'])], [1, 0])
    await storage.updateWebhook(webhook, { channels: [] })
    assert.deepEqual([await deliveriesOn(['project-2']), await deliveriesOn(null)], [1, 1])
  }),

  storageCase('an event makes no delivery for a webhook that is disabled', async (storage) => {
    await addWebhook(storage, { enabled: false, disabledReason: 'by_user', disabledAt: start })
    const event = eventRow()
    assert.equal(only(await storage.insertEvents([event], { now: start })).deliveries, 0)
    assert.equal(await deliveriesOf(storage, event.id), 0)
  }),

  storageCase('an event makes no delivery for a webhook of another organization', async (storage) => {
    await addWebhook(storage, { organizationId: 'globex' })
    assert.equal(only(await storage.insertEvents([eventRow()], { now: start })).deliveries, 0)
    assert.deepEqual(await claim(storage), [])
  }),

  storageCase('an event id seen before answers the first event and makes no delivery', async (storage) => {
    await addWebhook(storage)
    const first = eventRow({ id: 'evt-1', createdAt: after(1) })
    const second = eventRow({ id: 'evt-1', type: 'new_lead', body: '{"other":true}', createdAt: after(2) })
    await storage.insertEvents([first], { now: after(1) })
    await addWebhook(storage)
    const answer = only(await storage.insertEvents([second], { now: after(2) }))
    assert.deepEqual(answer, { event: storedOf(first), deliveries: 0, duplicate: true })
    assert.deepEqual(await storage.findEvent(second), storedOf(first))
    assert.equal(await deliveriesOf(storage, 'evt-1'), 1)
  }),

  storageCase('an event id belongs to its organization: another one may use it too', async (storage) => {
    for (const organizationId of ['acme', 'globex']) {
      await addWebhook(storage, { organizationId })
      const event = eventRow({ id: 'evt-1', organizationId, body: `{"of":"${organizationId}"}` })
      const answer = only(await storage.insertEvents([event], { now: start }))
      assert.deepEqual(answer, { event: storedOf(event), deliveries: 1, duplicate: false })
    }
    const claimed = await claim(storage)
    assert.equal(claimed.length, 2)
    for (const { organizationId, event, webhook } of claimed) {
      assert.equal(event.body, `{"of":"${organizationId}"}`)
      assert.equal(webhook.organizationId, organizationId)
    }
  }),

  storageCase(
    'of twenty callers who dispatch the same event at once, one writes it and all get it',
    async (storage) => {
      await addWebhook(storage)
      await addWebhook(storage)
      const answers = await race(20, async (index) => {
        const event = eventRow({ id: 'evt-1', body: `{"caller":${index}}`, createdAt: after(index) })
        return only(await storage.insertEvents([event], { now: start }))
      })
      const stored = await storage.findEvent({ organizationId: 'acme', id: 'evt-1' })
      for (const { event } of answers) assert.deepEqual(event, stored)
      const first = only(answers.filter(({ duplicate }) => !duplicate))
      assert.equal(first.deliveries, 2)
      assert.equal(await deliveriesOf(storage, 'evt-1'), 2)
      assert.equal((await claim(storage)).length, 2)
    },
  ),

  storageCase(
    'callers who dispatch the same events at once in different orders all get them',
    async (storage) => {
      await addWebhook(storage)
      const ids = Array.from({ length: 10 }, (_, index) => `evt-${index}`)
      const answers = await race(10, async (caller) => {
        const events = ids.map((id) => eventRow({ id }))
        return storage.insertEvents(caller % 2 === 0 ? events : events.reverse(), { now: start })
      })
      const written = answers.flat().filter(({ duplicate }) => !duplicate)
      assert.deepEqual(written.map(({ event }) => event.id).sort(), ids)
      assert.equal((await claim(storage)).length, 10)
    },
  ),

  storageCase('several events are answered in the order given, seen before or not', async (storage) => {
    await addWebhook(storage, { eventTypes: ['contact.created'] })
    const [old] = await dispatch(storage)
    assert.ok(old !== undefined)
    const [a, b, c] = [eventRow({ id: 'z' }), eventRow({ id: 'm', type: 'new_lead' }), eventRow({ id: 'a' })]
    assert.deepEqual(await storage.insertEvents([a, old, b, c], { now: start }), [
      { event: storedOf(a), deliveries: 1, duplicate: false },
      { event: storedOf(old), deliveries: 0, duplicate: true },
      { event: storedOf(b), deliveries: 0, duplicate: false },
      { event: storedOf(c), deliveries: 1, duplicate: false },
    ])
    assert.deepEqual(await storage.insertEvents([], { now: start }), [])
  }),

  storageCase('an event id that comes twice in one call is a duplicate the second time', async (storage) => {
    await addWebhook(storage)
    const [first, second] = [eventRow({ id: 'evt-1' }), eventRow({ id: 'evt-1', body: '{"other":true}' })]
    assert.deepEqual(await storage.insertEvents([first, second], { now: start }), [
      { event: storedOf(first), deliveries: 1, duplicate: false },
      { event: storedOf(first), deliveries: 0, duplicate: true },
    ])
    assert.equal((await claim(storage)).length, 1)
  }),

  storageCase('of several events all or none are written', async (storage) => {
    await addWebhook(storage)
    const events = [eventRow(), eventRow(), unreadable(), eventRow()]
    await assert.rejects(storage.insertEvents(events, { now: start }))
    assert.deepEqual(await storage.listEvents({ organizationId: 'acme', limit: 10 }), [])
    assert.deepEqual(await claim(storage), [])
    assert.equal((await dispatch(storage)).length, 1)
    assert.equal((await claim(storage)).length, 1)
  }),

  storageCase('a thousand events in one call are all written', async (storage) => {
    await addWebhook(storage)
    const inserted = await storage.insertEvents(
      Array.from({ length: 1000 }, () => eventRow()),
      { now: start },
    )
    assert.equal(inserted.length, 1000)
    assert.ok(inserted.every(({ deliveries, duplicate }) => deliveries === 1 && !duplicate))
    assert.equal((await claim(storage, { limit: 2000, defaultConcurrency: 2000 })).length, 1000)
  }),

  ...[
    ['characters of every script', JSON.stringify({ data: 'Zoë 你好 مرحبا 👩‍👩‍👧 \u2028\u0007 e\u0301 \uFFFD' })],
    ['escapes, quotes and backslashes', String.raw`{"a":"\"\\\n\u0000\ud800 '' $1 ? :name %s"}`],
    [
      'its white space, key order, repeated keys and long numbers',
      ' {"b":1,"a":1.0,\t"b":1e400,\n"n":12345678901234567890 } ',
    ],
    ['256 KiB', `"${'✓x'.repeat(65_535)}  "`],
  ].map(([what = '', body = '']) =>
    storageCase(`a body is kept byte for byte: ${what}`, async (storage) => {
      await addWebhook(storage)
      const event = eventRow({ body })
      assert.equal(only(await storage.insertEvents([event], { now: start })).event.body, body)
      assert.equal((await storage.findEvent(event))?.body, body)
      assert.equal((await claimOne(storage)).event.body, body)
    }),
  ),

  storageCase('where events can be written synchronously, they are as if awaited', async (storage) => {
    if (storage.insertEventsSync === undefined) return
    await addWebhook(storage)
    const [a, b] = [eventRow(), eventRow()]
    assert.deepEqual(storage.insertEventsSync([a, b], { now: start }), [
      { event: storedOf(a), deliveries: 1, duplicate: false },
      { event: storedOf(b), deliveries: 1, duplicate: false },
    ])
    assert.deepEqual(storage.insertEventsSync([a], { now: after(1) }), [
      { event: storedOf(a), deliveries: 0, duplicate: true },
    ])
    assert.throws(() => storage.insertEventsSync?.([eventRow(), unreadable()], { now: start }))
    assert.equal((await storage.listEvents({ organizationId: 'acme', limit: 10 })).length, 2)
    assert.equal((await claim(storage)).length, 2)
  }),
]
