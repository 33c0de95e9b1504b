import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Host } from './host.ts'
import { hostLibraries } from './host-libraries.ts'
import { addLead, type Crm, newLead, openCrm, organizationId } from './open-crm.ts'

const everything = { leads: 1, events: 1, deliveries: 1 }
const nothing = { leads: 0, events: 0, deliveries: 0 }

describe.each(hostLibraries)('a transaction of $name', (library) => {
  let crm: Crm
  let host: Host

  beforeAll(async () => {
    crm = await openCrm()
    host = await library.open(crm.url)
  })
  afterAll(async () => {
    await host?.close()
    await crm?.close()
  })

  test('that commits keeps the host’s row and the event, and a rollback neither; only what is kept is delivered', async () => {
    const worker = crm.leadhooks.startWorker()
    try {
      const failing = host.transaction(async ({ run, tx }) => {
        await run(addLead('undone'))
        await crm.leadhooks.dispatchEvent(newLead('undone'), { tx })
        throw new Error('The host changed its mind')
      })
      await expect(failing).rejects.toThrow('The host changed its mind')
      expect(await crm.find('undone')).toEqual(nothing)

      const dispatched = await host.transaction(async ({ run, tx }) => {
        await run(addLead('kept'))
        const result = await crm.leadhooks.dispatchEvent(newLead('kept'), { tx })
        expect(await crm.find('kept')).toEqual(nothing)
        return result
      })
      expect(dispatched).toMatchObject({ deliveries: 1, duplicate: false, event: { id: 'kept' } })
      expect(await crm.find('kept')).toEqual(everything)
      expect(await crm.received(1)).toEqual(['kept'])
    } finally {
      await worker.stop()
    }
  })

  test('that is rolled back to a savepoint loses what came since', async () => {
    await host.transaction(async ({ run, savepoint, tx }) => {
      await run(addLead('before'))
      await crm.leadhooks.dispatchEvent(newLead('before'), { tx })
      const failing = savepoint(async (part) => {
        await part.run(addLead('since'))
        await crm.leadhooks.dispatchEvent(newLead('since'), { tx: part.tx })
        throw new Error('The host changed its mind')
      })
      await expect(failing).rejects.toThrow('The host changed its mind')
      await run(addLead('after'))
      await crm.leadhooks.dispatchEvent(newLead('after'), { tx })
    })
    expect(await crm.find('before')).toEqual(everything)
    expect(await crm.find('since')).toEqual(nothing)
    expect(await crm.find('after')).toEqual(everything)
  })

  test('that dispatches the same id twice makes one event', async () => {
    await host.transaction(async ({ run, savepoint, tx }) => {
      await run(addLead('twice'))
      const first = await crm.leadhooks.dispatchEvent(newLead('twice'), { tx })
      const again = { ...first, deliveries: 0, duplicate: true }
      expect(first).toMatchObject({ deliveries: 1, duplicate: false })
      expect(await crm.leadhooks.dispatchEvent(newLead('twice'), { tx })).toEqual(again)
      await savepoint(async (part) => {
        expect(await crm.leadhooks.dispatchEvent(newLead('twice'), { tx: part.tx })).toEqual(again)
      })
    })
    expect(await crm.find('twice')).toEqual(everything)
  })

  test('that dispatches many at once writes all of them, and knows those it has', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `many-${n}`)
    const dispatchAll = async () =>
      host.transaction(({ tx }) => crm.leadhooks.dispatchEvents(ids.map(newLead), { tx }))
    const first = await dispatchAll()
    expect(first.map(({ event }) => event.id)).toEqual(ids)
    expect(first).toMatchObject(ids.map(() => ({ deliveries: 1, duplicate: false })))
    expect(await dispatchAll()).toEqual(first.map(({ event }) => ({ event, deliveries: 0, duplicate: true })))
  })

  test('of twenty that dispatch the same id at once makes the event, and the others get it', async () => {
    const attempts = Array.from({ length: 20 }, (_, n) =>
      host.transaction(({ tx }) =>
        crm.leadhooks.dispatchEvent({ ...newLead('raced'), data: { by: n } }, { tx }),
      ),
    )
    const results = await Promise.all(attempts)
    const winner = results.find(({ duplicate }) => !duplicate)
    expect(results.filter(({ duplicate }) => duplicate)).toHaveLength(19)
    for (const { event } of results) expect(event).toEqual(winner?.event)
    expect(await crm.find('raced')).toEqual({ leads: 0, events: 1, deliveries: 1 })
  })

  test('that waits for another with the same id makes the event when that one is rolled back', async () => {
    let waiting: Promise<{ duplicate: boolean }> | undefined
    const failing = host.transaction(async ({ tx }) => {
      await crm.leadhooks.dispatchEvent(newLead('left'), { tx })
      waiting = crm.leadhooks.dispatchEvent(newLead('left'))
      await crm.someoneWaits()
      throw new Error('The host changed its mind')
    })
    await expect(failing).rejects.toThrow('The host changed its mind')
    expect(await waiting).toMatchObject({ duplicate: false, deliveries: 1 })
  })

  test('that a statement of the host has broken takes no event, and says so', async () => {
    const failing = host.transaction(async ({ run, tx }) => {
      await expect(run('select 1 / 0')).rejects.toThrow()
      await crm.leadhooks.dispatchEvent(newLead('late'), { tx })
    })
    await expect(failing).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/ \(25P02\)\. A statement before this one failed/),
    })
  })

  test.each(['repeatable read', 'serializable'] as const)(
    'that is %s and cannot see the event of that id which another has committed is in conflict, and succeeds anew',
    async (isolation) => {
      const event = newLead(isolation.replaceAll(' ', '_'))
      const dispatchSeeing = async (meanwhile: () => Promise<unknown>) =>
        host.transaction(async ({ run, tx }) => {
          await run('select count(*) from leads')
          await meanwhile()
          return crm.leadhooks.dispatchEvent(event, { tx })
        }, isolation)

      const failing = dispatchSeeing(() => crm.leadhooks.dispatchEvent(event))
      await expect(failing).rejects.toMatchObject({
        code: 'conflict',
        message:
          'Postgres: could not serialize access due to concurrent update (40001). Another transaction got in the way and this one was undone: run it again from its beginning',
      })
      expect(await dispatchSeeing(async () => {})).toMatchObject({ duplicate: true, event: { id: event.id } })
      const { data } = await crm.leadhooks.deliveries.list({ organizationId, eventId: event.id })
      expect(data).toHaveLength(1)
    },
  )
})
