import { fork } from 'node:child_process'
import { once } from 'node:events'
import { startRedis } from '@leadhooks/test-services'
import { figure, type Result } from '../results.ts'
import { withTemporaryFile } from '../sqlite/temporary-file.ts'
import type { SuiteOptions } from '../suite-options.ts'
import { openKeys } from './open.ts'

const limit = 100
const calls = 200

/** Two processes verify one key at once, with twice as many calls as its limit in Redis allows. */
export async function race({ rounds }: SuiteOptions): Promise<Result[]> {
  const server = await startRedis()
  try {
    const deviations: number[] = []
    for (let round = 0; round < rounds; round++) {
      const passed = await withTemporaryFile((path) => passedBy(2, path, server.url))
      deviations.push(Math.abs(passed - limit))
      process.stderr.write('.')
    }
    process.stderr.write('\n')
    // The worst of all rounds: one that is off is too many.
    const values = [Math.max(...deviations)]
    const scenario = `${calls} racing calls of two processes, a limit of ${limit}`
    return [figure({ scenario, unit: 'calls', subject: 'let through, off the limit', values, atMost: 0 })]
  } finally {
    await server.close()
  }
}

async function passedBy(processes: number, path: string, redisUrl: string): Promise<number> {
  const opened = await openKeys(path)
  const { token } = await opened.leadhooks.apiKeys.create({
    organizationId: 'acme',
    name: 'Raced',
    rateLimits: [{ name: 'minute', limit, windowMs: 60_000 }],
  })
  const args = [path, redisUrl, token, String(calls / processes)]
  const children = Array.from({ length: processes }, () =>
    fork(new URL('race-process.ts', import.meta.url), args),
  )
  await Promise.all(children.map((child) => once(child, 'message')))
  const answers = children.map(async (child) => {
    child.send('go')
    const [passed] = (await once(child, 'message')) as [number]
    return passed
  })
  const passed = await Promise.all(answers)
  await opened.close()
  return passed.reduce((sum, count) => sum + count, 0)
}
