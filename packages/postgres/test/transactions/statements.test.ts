import type { PostgresTransaction } from '@leadhooks/postgres'
import type { FieldDef, PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Crm, newLead, openCrm } from './open-crm.ts'

interface Sent {
  text: string
  values: readonly unknown[]
  columns: FieldDef[]
}

let crm: Crm
let client: PoolClient
let sent: Sent[]

beforeAll(async () => {
  crm = await openCrm()
  client = await crm.pool.connect()
})
afterAll(async () => {
  client?.release()
  await crm?.close()
})

/** What a transaction is asked to run while `work` lasts, by a transaction that the host has written itself. */
async function statementsOf(work: (tx: PostgresTransaction) => Promise<unknown>): Promise<Sent[]> {
  sent = []
  await client.query('begin')
  await work({
    async query(text, values) {
      const { rows, fields } = await client.query(text, [...values])
      sent.push({ text, values, columns: fields })
      return { rows }
    },
  })
  await client.query('commit')
  return sent
}

const one = (tx: PostgresTransaction) => crm.leadhooks.dispatchEvent(newLead('one'), { tx })
const many = (tx: PostgresTransaction) =>
  crm.leadhooks.dispatchEvents([newLead('two'), newLead('three')], { tx })

test('a new event takes one round trip, a batch of them too, and a duplicate one more', async () => {
  expect(await statementsOf(one)).toHaveLength(1)
  expect(await statementsOf(many)).toHaveLength(1)
  expect(await statementsOf(one)).toHaveLength(2)
  expect(await statementsOf(many)).toHaveLength(2)
})

describe('what goes through a query builder', () => {
  const all = async () => [...(await statementsOf(one)), ...(await statementsOf(many))]

  test('has each $n once and in order, first of all as text: other types every driver serializes in its own way', async () => {
    for (const { text, values } of await all()) {
      const parameters = text.match(/\$\d+/g)
      expect(parameters).toEqual(values.map((_, n) => `$${n + 1}`))
      expect(text.match(/\$\d+::text\b/g)).toHaveLength(values.length)
    }
  })

  test('has no ?, and values that every driver can send', async () => {
    for (const { text, values } of await all()) {
      expect(text).not.toContain('?')
      for (const value of values) expect(value === null || typeof value === 'string').toBe(true)
    }
  })

  test('answers text, integers and booleans, in columns of one lower-case word', async () => {
    const boolean = 16
    const integer = 23
    const text = 25
    for (const { columns } of await all())
      for (const { name, dataTypeID } of columns) {
        expect(name).toMatch(/^[a-z]+$/)
        expect([boolean, integer, text]).toContain(dataTypeID)
      }
  })
})
