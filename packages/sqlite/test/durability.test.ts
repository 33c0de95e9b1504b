import { expect, test } from 'vitest'
import { openBeside, openPath } from '../src/open-database.ts'
import { hostHandle, openMigrated } from './open.ts'
import { temporaryFile } from './temporary-file.ts'

const levels = { 1: 'NORMAL', 2: 'FULL' } as const

test.each([
  [undefined, 'FULL'],
  ['FULL', 'FULL'],
  ['NORMAL', 'NORMAL'],
] as const)('given a path and `synchronous: %s`, commits are %s', (synchronous, expected) => {
  const { own, configure } = openPath({ path: temporaryFile(), synchronous })
  configure()
  expect(levels[own.pragma('synchronous', { simple: true }) as 1 | 2]).toBe(expected)
  expect(own.pragma('busy_timeout', { simple: true })).toBe(0)
  own.close()
})

test('given a path, the file is a write-ahead log’s', async () => {
  const path = temporaryFile()
  await openMigrated({ path })
  expect(hostHandle(path).pragma('journal_mode', { simple: true })).toBe('wal')
})

test.each([1, 2])('given the host’s handle, commits are as durable as the host’s (%d)', (synchronous) => {
  const database = hostHandle(temporaryFile())
  database.pragma(`synchronous = ${synchronous}`)
  const { own, configure } = openBeside({ database })
  configure()
  expect(own).not.toBe(database)
  expect(own.pragma('synchronous', { simple: true })).toBe(synchronous)
  expect(own.pragma('busy_timeout', { simple: true })).toBe(0)
  own.close()
})

test('given the host’s handle, the file keeps its journal mode', async () => {
  const database = hostHandle(temporaryFile())
  await openMigrated({ database })
  expect(database.pragma('journal_mode', { simple: true })).toBe('delete')
})
