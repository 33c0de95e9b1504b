import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openShared } from './open.ts'

test('of 200 calls by two processes at once, exactly the 100 of the limit are let through', async () => {
  const { url, prefix } = await openShared()
  const execArgv = ['--conditions=@leadhooks/source']
  const processes = [1, 2].map(() =>
    fork(new URL('race-process.ts', import.meta.url), [url, prefix, '100'], { execArgv }),
  )
  await Promise.all(processes.map(async (child) => once(child, 'message')))
  const answers = processes.map(async (child) => {
    child.send('go')
    const [allowed] = await once(child, 'message')
    return Number(allowed)
  })
  const [first = 0, second = 0] = await Promise.all(answers)
  expect(first + second).toBe(100)
})
