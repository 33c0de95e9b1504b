import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { migrations } from '../src/migrations.ts'
import { hostHandle, openMigrated } from './open.ts'
import { newEvent, newWebhook } from './rows.ts'
import { temporaryFile } from './temporary-file.ts'

/** Starts so many processes, and waits until all of them have said that they are there. */
async function start(count: number, script: string, path: string): Promise<ChildProcess[]> {
  const execArgv = ['--conditions=@leadhooks/source']
  const children = Array.from({ length: count }, () =>
    fork(new URL(script, import.meta.url), [path], { execArgv }),
  )
  onTestFinished(() => children.forEach((child) => child.kill('SIGKILL')))
  await Promise.all(children.map(nextMessage))
  return children
}

/** Lets all of them go on at the same moment. Answers what they say next. */
async function goOn(children: readonly ChildProcess[]): Promise<unknown[]> {
  const answers = children.map(nextMessage)
  for (const child of children) child.send('go on')
  return Promise.all(answers)
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const message = once(child, 'message').then(([content]) => content as unknown)
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`The process ended with code ${String(code)}`)
  })
  return Promise.race([message, exit])
}

test('ten processes that start at the same moment migrate a new file once', { timeout: 60_000 }, async () => {
  const path = temporaryFile()
  const ran = await goOn(await start(10, 'migrate-process.ts', path))
  expect(ran.flat(), 'One of them ran it, and the others know that they did not').toEqual(
    migrations.map(({ name }) => name),
  )
  const database = hostHandle(path)
  expect(database.prepare('select version, name from leadhooks_migrations').all()).toEqual(
    migrations.map(({ version, name }) => ({ version, name })),
  )
  expect(database.prepare('select count(*) from leadhooks_organizations').pluck().get()).toBe(10)
})

test(
  'three processes share the work of one file: each delivery is given to one of them',
  { timeout: 60_000 },
  async () => {
    const path = temporaryFile()
    const storage = await openMigrated({ path, synchronous: 'NORMAL' })
    for (const organizationId of ['acme', 'globex']) {
      await storage.insertWebhook(newWebhook({ organizationId }))
      await storage.insertEvents(
        Array.from({ length: 500 }, () => newEvent({ organizationId })),
        {},
      )
    }
    const children = await start(3, 'claim-process.ts', path)
    expect(await goOn(children)).toEqual(['holding', 'holding', 'holding'])
    const given = (await goOn(children)) as string[][]
    expect(given.flat()).toHaveLength(1000)
    expect(new Set(given.flat()).size).toBe(1000)
    const query = { organizationId: 'acme', status: 'delivered', limit: 1000 } as const
    expect(await storage.listDeliveries(query)).toHaveLength(500)
  },
)
