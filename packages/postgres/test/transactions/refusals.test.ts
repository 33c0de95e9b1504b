import { LeadhooksError } from '@leadhooks/core'
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPostgresJs,
  fromPrisma,
  fromTypeorm,
} from '@leadhooks/postgres'
import type { drizzle } from 'drizzle-orm/node-postgres'
import type { Knex } from 'knex'
import type { Kysely } from 'kysely'
import postgres, { type Sql } from 'postgres'
import type { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Host } from './host.ts'
import { hostLibraries } from './host-libraries.ts'
import type { PrismaClient } from './hosts/prisma-client.ts'
import { type Crm, newLead, openCrm, organizationId } from './open-crm.ts'

let crm: Crm
let hosts: { name: string; adapt?: (trx: never) => unknown; host: Host }[]

beforeAll(async () => {
  crm = await openCrm()
  hosts = await Promise.all(
    hostLibraries.map(async (library) => ({ ...library, host: await library.open(crm.url) })),
  )
})
afterAll(async () => {
  for (const { host } of hosts ?? []) await host.close()
  // Whatever was refused has left nothing.
  expect((await crm.leadhooks.events.list({ organizationId })).data).toEqual([])
  await crm.close()
})

const refusal = async (tx: unknown): Promise<string> => {
  const error: unknown = await crm.leadhooks
    .dispatchEvent(newLead('refused'), { tx })
    .catch((e: unknown) => e)
  return error instanceof LeadhooksError ? `${error.code}: ${error.message}` : String(error)
}

describe('a host is told why', () => {
  test('a pool of pg will not do', async () => {
    expect(await refusal(crm.pool)).toMatchInlineSnapshot(
      `"invalid_request: \`tx\` is a pool of pg, which runs each query on whatever connection is free, and not in your transaction: the event would be committed by itself, and stay when your transaction is rolled back. Pass the one connection that this is on: \`const client = await pool.connect()\`, \`await client.query('begin')\`, and \`{ tx: client }\`"`,
    )
  })

  test('a client of pg will not do before its transaction begins, nor after it has ended', async () => {
    const client = await crm.pool.connect()
    const idle = await refusal(client)
    expect(idle).toMatchInlineSnapshot(
      `"invalid_request: \`tx\` is a client of pg on which no transaction is open: the event would be committed by itself, and stay when your transaction is rolled back. \`await client.query('begin')\` before the dispatch"`,
    )
    await client.query('begin')
    await client.query('commit')
    expect(await refusal(client)).toBe(idle)
    client.release()
  })

  test('what is nothing of the kind will not do', async () => {
    expect(await refusal(null)).toMatchInlineSnapshot(
      `"invalid_request: \`tx\` must be a client of pg or come from one of \`fromKysely\`, \`fromDrizzle\`, \`fromKnex\`, \`fromPrisma\`, \`fromTypeorm\`, \`fromPostgresJs\`, got null"`,
    )
    expect(await refusal({ begin: true })).toMatch(/got an object \(Object\)$/)
    expect(await refusal('begin')).toMatch(/got a string$/)
  })

  test('an own transaction has to answer its rows', async () => {
    expect(await refusal({ query: async () => [] })).toMatchInlineSnapshot(
      `"invalid_request: \`tx.query\` must answer \`{ rows }\` with an array, as a client of pg does"`,
    )
  })

  test('a connection that renames all columns will not do', async () => {
    const sql = postgres(crm.url, { transform: postgres.pascal })
    const transaction = sql.begin((sql) =>
      crm.leadhooks.dispatchEvent(newLead('refused'), { tx: fromPostgresJs(sql) }),
    )
    await expect(transaction).rejects.toThrow(
      /^A column came back from the transaction as "[A-Z]\w+": the connection renames columns/,
    )
    await sql.end()
  })
})

describe.each(hostLibraries.filter(({ adapt }) => adapt !== undefined))('with $name', ({ name }) => {
  const used = () => {
    const found = hosts.find((one) => one.name === name)
    if (found?.adapt === undefined) throw new Error(`${name} was not opened`)
    return { ...found, adapt: found.adapt as (trx: unknown) => unknown }
  }

  test('what is outside of a transaction is refused by the adapter', async () => {
    const { adapt, host } = used()
    for (const root of host.roots)
      expect(() => adapt(root)).toThrow(
        /^What `from\w+` was given is of .*, but not an open transaction: the event would be committed by itself, .*\. Pass what `.*` gives you$/,
      )
  })

  test('without the adapter neither a transaction nor what is none is taken', async () => {
    const { adapt, host } = used()
    const expected = new RegExp(
      `^invalid_request: \`tx\` is of .*: pass \`${adapt.name}\\(…\\)\` around what`,
    )
    for (const root of host.roots) expect(await refusal(root)).toMatch(expected)
    await host.transaction(async ({ trx }) => expect(await refusal(trx)).toMatch(expected))
  })

  test('no other adapter takes its transactions', async () => {
    const { adapt, host } = used()
    await host.transaction(async ({ trx }) => {
      for (const other of hosts)
        if (other.adapt !== undefined && other.adapt !== adapt)
          expect(() => other.adapt?.(trx as never)).toThrow(/takes a transaction of .*, got /)
    })
    for (const nothing of [null, undefined, 'trx', {}])
      expect(() => adapt(nothing)).toThrow(/takes a transaction of .*, got /)
  })
})

// Drizzle and postgres.js cannot tell.
const knowsItsEnd = hostLibraries.filter(({ name }) => !/Drizzle|postgres\.js/.test(name))

test.each(knowsItsEnd)('a transaction of $name that has ended takes no event', async ({ name }) => {
  const used = hosts.find((one) => one.name === name)
  const ended = await used?.host.transaction(async ({ tx }) => tx)
  expect(await refusal(ended)).toMatch(/no transaction is open|See to it that the transaction is still open/)
})

/** Never runs: that a transaction is meant, the compiler says already. */
export function refusedByTypes(hosts: {
  kysely: Kysely<object>
  drizzle: ReturnType<typeof drizzle>
  knex: Knex
  prisma: PrismaClient
  typeorm: DataSource
  postgresJs: Sql
}): void {
  // @ts-expect-error
  fromKysely(hosts.kysely)
  // @ts-expect-error
  fromDrizzle(hosts.drizzle)
  // @ts-expect-error
  fromKnex(hosts.knex)
  // @ts-expect-error
  fromPrisma(hosts.prisma)
  // @ts-expect-error
  fromTypeorm(hosts.typeorm)
  // @ts-expect-error
  fromPostgresJs(hosts.postgresJs)
}
