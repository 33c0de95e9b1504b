import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openMigrated } from './open.ts'
import { eventIds, newEvent, newWebhook } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

const walHeader = 32
const frameHeader = 24
const pageSize = 4096

/** Counts the transactions in a write-ahead log: the last frame of each carries the size of the database. */
function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`)
  let commits = 0
  for (let frame = walHeader; frame < log.length; frame += frameHeader + pageSize) {
    if (log.readUInt32BE(frame + 4) > 0) commits++
  }
  return commits
}

test('callers who come at the same moment share one transaction', async () => {
  const path = temporaryFile()
  const storage = await openMigrated({ path })
  await storage.insertWebhook(newWebhook())
  const before = commitsIn(path)
  const callers = Array.from({ length: 50 }, async (_, index) => {
    // Each is a few promises behind the one before.
    for (let step = 0; step < index; step++) await Promise.resolve()
    return storage.insertEvents([newEvent()], {})
  })
  expect((await Promise.all(callers)).flat().every(({ deliveries }) => deliveries === 1)).toBe(true)
  expect(commitsIn(path) - before).toBeLessThanOrEqual(2)
  await storage.insertEvents([newEvent()], {})
  await storage.insertEvents([newEvent()], {})
  expect(commitsIn(path) - before).toBeGreaterThanOrEqual(3)
  expect(await eventIds(storage)).toHaveLength(52)
})

test('a call that fails takes no other with it', async () => {
  const storage = await openMigrated({ path: temporaryFile() })
  const unreadable = Object.defineProperty(newEvent(), 'body', {
    get() {
      throw new Error('This event cannot be read')
    },
  })
  const results = await Promise.allSettled([
    storage.insertEvents([newEvent({ id: 'evt-a' })], {}),
    storage.insertEvents([newEvent({ id: 'evt-b' }), unreadable], {}),
    storage.insertEvents([newEvent({ id: 'evt-c' })], {}),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await eventIds(storage)).toEqual(['evt-a', 'evt-c'])
})

test('an id that two of them bring is written once', async () => {
  const storage = await openMigrated({ path: temporaryFile() })
  const answers = await Promise.all(
    [1, 2, 3].map(async () => storage.insertEvents([newEvent({ id: 'evt-a' })], {})),
  )
  expect(answers.flat().map(({ duplicate }) => duplicate)).toEqual([false, true, true])
})
