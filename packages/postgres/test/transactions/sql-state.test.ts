import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseError, sqlState } from '../../src/transactions/sql-state.ts'
import type { Host } from './host.ts'
import { hostLibraries } from './host-libraries.ts'
import { type Crm, openCrm } from './open-crm.ts'

describe.each(hostLibraries)('an error of $name', (library) => {
  let crm: Crm
  let host: Host

  beforeAll(async () => {
    crm = await openCrm()
    await crm.pool.query(`insert into leads (id) values ('taken')`)
    host = await library.open(crm.url)
  })
  afterAll(async () => {
    await host?.close()
    await crm?.close()
  })

  test('tells of a row that is there already', async () => {
    const error = await host
      .transaction(({ tx }) =>
        tx.query('insert into leads (id) values ($1::text) returning id, $2::text as secret', [
          'taken',
          'hush',
        ]),
      )
      .catch((cause: unknown) => cause)
    expect(sqlState(error)).toBe('23505')
    // And nothing of the statement or its values, which some put into their messages.
    expect(databaseError(error)?.message).toBe('duplicate key value violates unique constraint "leads_pkey"')
  })

  test('tells of two transactions that got in each other’s way', async () => {
    const error = await host
      .transaction(async ({ run, tx }) => {
        await run('select count(*) from leads')
        await crm.pool.query('update leads set id = id')
        await tx.query('update leads set id = $1::text returning id', ['other'])
      }, 'repeatable read')
      .catch((cause: unknown) => cause)
    expect(sqlState(error)).toBe('40001')
  })
})

test('codes that only look like states of Postgres are none', () => {
  expect(sqlState(Object.assign(new Error('closed'), { code: 'EPIPE' }))).toBe('')
  expect(sqlState(Object.assign(new Error('Transaction already closed'), { code: 'P2028', meta: {} }))).toBe(
    '',
  )
  expect(sqlState(undefined)).toBe('')
})

test('the form of Prisma 5 and 6 is known too', () => {
  const meta = { code: '40001', message: 'could not serialize access' }
  const error = Object.assign(new Error('Raw query failed'), { code: 'P2010', meta })
  expect(databaseError(error)).toEqual({ state: '40001', message: 'could not serialize access' })
})
