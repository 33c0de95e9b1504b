import { expect, test, vi } from 'vitest'
import { query } from '../src/postgres-server.ts'
import { testPostgres, testRedis } from '../src/vitest.ts'

// Where Redis has to be installed first, that takes a while.
vi.setConfig({ testTimeout: 300_000 })

test('a run shares one server of each version, and every caller gets a database of its own', async () => {
  const [one, two] = await Promise.all([testPostgres(), testPostgres()])
  expect(one.url).toBe(two.url)
  expect(await one.createDatabase()).not.toBe(await two.createDatabase())
})

test('version 13 is exactly that', async () => {
  const postgres = await testPostgres(13)
  const [row] = await query(await postgres.createDatabase(), 'show server_version')
  expect(row).toEqual({ server_version: expect.stringMatching(/^13\./) })
})

test('a run shares one Redis', async () => {
  const [one, two] = await Promise.all([testRedis(), testRedis()])
  expect(one.url).toBe(two.url)
})
