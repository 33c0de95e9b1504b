import type { PostgresTransaction } from '@leadhooks/postgres'
import type { PoolClient } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { openCrm, organizationId } from './open-crm.ts'

const name = 'deal.won'
const schema = { type: 'object', required: ['amount'] }
const won = { organizationId, type: name, data: { amount: 1 } }

test('a registered type is looked up in the transaction of a dispatch, once, and every $n of it is text', async () => {
  const crm = await openCrm()
  onTestFinished(() => crm.close())
  await crm.leadhooks.events.registerType({ name, schema })
  const client = await crm.pool.connect()
  const sent: string[] = []
  const tx: PostgresTransaction = {
    async query(text, values) {
      sent.push(text)
      return { rows: (await client.query(text, [...values])).rows }
    },
  }
  try {
    await client.query('begin')
    await crm.leadhooks.dispatchEvent(won, { tx })
    expect(sent).toHaveLength(2)
    expect(sent[0]?.match(/\$\d::text/g)).toEqual(['$1::text', '$2::text'])
    await expect(crm.leadhooks.dispatchEvent({ ...won, data: {} }, { tx })).rejects.toMatchObject({
      code: 'invalid_event_data',
    })
    // It was read beside the transaction too, for those that come after.
    await expect
      .poll(async () => {
        sent.length = 0
        await crm.leadhooks.dispatchEvent(won, { tx })
        return sent.length
      })
      .toBe(1)
    await client.query('commit')
  } finally {
    client.release()
  }
})

test('transactions that hold every connection of the pool dispatch all the same', async () => {
  const crm = await openCrm()
  onTestFinished(() => crm.close())
  await crm.leadhooks.events.registerType({ name, schema })
  const clients: PoolClient[] = []
  for (let n = 0; n < 5; n++) clients.push(await crm.pool.connect())
  for (const client of clients) await client.query('begin')
  const dispatched = await Promise.all(clients.map((tx) => crm.leadhooks.dispatchEvent(won, { tx })))
  expect(dispatched.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1, 1, 1])
  for (const client of clients) {
    await client.query('commit')
    client.release()
  }
})
