import { createLeadhooks, type Leadhooks } from '@leadhooks/core'
import { postgresStorage } from '@leadhooks/postgres'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { Pool } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys } from './open.ts'

test('checking a key that is not cached is one statement, with peppers too, and checking one that is cached none', async () => {
  const statements: string[] = []
  const connectionString = await (await testPostgres()).createDatabase()
  const pool = new Pool({ connectionString })
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const recorded = (...args: unknown[]): unknown => {
      const [first] = args as [string | { text: string }]
      statements.push(typeof first === 'string' ? first : first.text)
      return query(...args)
    }
    Object.assign(client, { query: recorded })
  })
  const open = (): Leadhooks => {
    const peppers = ['p2', 'p1'].map((id) => ({ id, secret: `a secret pepper, ${id}` }))
    const leadhooks: Leadhooks = createLeadhooks({
      storage: postgresStorage({ pool }),
      encryptionKeys,
      apiKeys: { peppers },
    })
    onTestFinished(async () => leadhooks.close())
    return leadhooks
  }
  onTestFinished(async () => pool.end())
  const maker = open()
  await maker.migrate()
  const { token } = await maker.apiKeys.create({ organizationId: 'acme', name: 'x' })
  const verifier = open()
  // The first check of a process also starts to listen, on a connection of its own.
  await verifier.apiKeys.verify(`${token.slice(0, -1)}x`)
  await maker.apiKeys.verify(token)

  const other = await maker.apiKeys.create({ organizationId: 'acme', name: 'y' })
  for (const { secret, expected } of [
    { secret: token, expected: { ok: true } },
    { secret: other.token, expected: { ok: true } },
  ]) {
    statements.length = 0
    const answers = await Promise.all([1, 2, 3].map(async () => verifier.apiKeys.verify(secret)))
    for (const answer of answers) expect(answer).toMatchObject(expected)
    // The connection that hears of changes is asked now and then whether it lives.
    expect(statements.filter((text) => text.includes('api_key'))).toHaveLength(1)
  }
})
