import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { compileCache } from '../src/compile-cache.ts'
import { judge, sound } from '../src/judge.ts'
import { greatest } from '../src/percentile.ts'
import { printCounts } from '../src/print-counts.ts'
import { sizeOf } from '../src/sizes.ts'
import { dispatch, openStage, type Stage, untilDrained } from '../src/stage.ts'

const { deadLetters, kills } = sizeOf('replay')
const callers = 3

/**
 * Three callers replay all dead letters of a webhook over the management API, one at a time each, all at once. The process
 * that serves the API is killed (kill -9) in the middle, and the webhook is disabled and enabled meanwhile.
 *
 * Pass: each dead letter has one replay for each request that was accepted, and at most one for a request whose answer nobody
 * heard; it stays a dead letter, and each replay is delivered by one request, with the same `webhook-id` and a signature that
 * verifies; from one second after the answer to the disabling no request goes out.
 */
test('replay under fire', { timeout: 600_000 }, async () => {
  const delivery = { concurrency: 64, organizationConcurrency: 64, leaseMs: 5000, retry: { delaysMs: [] } }
  const stage = await openStage({ on: 'postgres', organizations: 1, delivery })
  const { leadhooks, endpoint, fleet, store } = stage
  const [organizationId = ''] = stage.organizations
  await fleet.startMany(2)
  await endpoint.behave({ '*': { status: 500 } })
  await dispatch(stage, deadLetters)
  await untilDrained(stage)
  const failedRequests = endpoint.requests().length
  await endpoint.behave({ '*': {} })
  const ids = (await store.rows.run(`select id from leadhooks.deliveries where status = 'dead_letter'`)).map(
    ({ id }) => String(id),
  )
  const { token } = await leadhooks.apiKeys.create({ organizationId, name: 'replays', role: 'admin' })

  const accepted = new Map<string, number>()
  const undecided = new Map<string, number>()
  const api = await startApi(stage)
  const replayAll = async (): Promise<void> => {
    for (const id of ids.toSorted(() => Math.random() - 0.5)) {
      const answer = await post(api.url(), `/deliveries/${id}/replay`, token)
      const counted = answer === null ? undecided : accepted
      if (answer === null || answer < 300) counted.set(id, (counted.get(id) ?? 0) + 1)
      else throw new Error(`A replay was answered by ${answer}`)
      if (answer === null) await api.started()
    }
  }
  const replaying = Promise.all(Array.from({ length: callers }, replayAll))
  const all = deadLetters * callers
  const countReplays = async (): Promise<number> =>
    Number((await store.rows.run(`select count(*) from (${allReplays}) as replays`))[0]?.['count'])
  for (let n = 1; n <= kills; n++) {
    while ((await countReplays()) < (all * n) / (kills + 2)) await sleep(5)
    await api.killAndRestart()
  }
  while ((await countReplays()) < (all * (kills + 1)) / (kills + 2)) await sleep(5)

  const { data: webhooks } = await leadhooks.webhooks.list({ organizationId })
  const webhook = { organizationId, id: webhooks[0]?.id ?? '' }
  await leadhooks.webhooks.disable(webhook)
  const disabledAt = Date.now()
  await sleep(3000)
  const enabledAt = Date.now()
  await leadhooks.webhooks.enable(webhook)
  await replaying
  await untilDrained(stage)

  const requests = endpoint.requests()
  const whileDisabled = requests.filter(({ at }) => at > disabledAt + 1000 && at < enabledAt)
  const replays = await store.rows.run(
    `select replay_of as id, count(*) from (${allReplays}) as replays group by replay_of`,
  )
  const counts = new Map(replays.map(({ id, count }) => [String(id), Number(count)]))
  const wrong = ids.filter((id) => {
    const least = accepted.get(id) ?? 0
    const count = counts.get(id) ?? 0
    return count < least || count > least + (undecided.get(id) ?? 0)
  })
  const total = await countReplays()
  const verdict = await judge(stage, requests)
  printCounts('15 replay under fire', {
    ...verdict,
    kills,
    accepted: sum(accepted),
    undecided: sum(undecided),
    replays: total,
    whileDisabled: whileDisabled.length,
    lastRequestMs: greatest(requests.filter(({ at }) => at < enabledAt).map(({ at }) => at)) - disabledAt,
  })
  expect(wrong).toEqual([])
  expect(verdict).toMatchObject({ ...sound, byStatus: { dead_letter: deadLetters, delivered: total } })
  expect(requests).toHaveLength(failedRequests + total)
  expect(whileDisabled).toEqual([])
  expect(await fleet.crashes()).toEqual([])
})

const allReplays = `
  select id, replay_of from leadhooks.deliveries where replay_of is not null
  union all select id, replay_of from leadhooks.queue where replay_of is not null`

/** The status of the answer; null where none came. */
async function post(url: string, path: string, token: string): Promise<number | null> {
  try {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(url + path, { method: 'POST', headers })
    await response.arrayBuffer()
    return response.status
  } catch {
    return null
  }
}

interface Api {
  url(): string
  /** Resolves when it serves. */
  started(): Promise<void>
  killAndRestart(): Promise<void>
}

async function startApi({ store: { place }, encryptionKey }: Stage): Promise<Api> {
  let url = ''
  async function hearPort(child: ChildProcess): Promise<void> {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    url = `http://127.0.0.1:${port}`
  }
  function start(): { child: ChildProcess; isStarted: Promise<void> } {
    const child = fork(
      new URL('../src/api-process.ts', import.meta.url),
      [JSON.stringify({ place, encryptionKey })],
      {
        execArgv: ['--conditions=@leadhooks/source'],
        env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      },
    )
    return { child, isStarted: hearPort(child) }
  }
  let running = start()
  onTestFinished(() => void running.child.kill('SIGKILL'))
  await running.isStarted
  return {
    url: () => url,
    started: async () => running.isStarted,
    async killAndRestart() {
      const exited = once(running.child, 'exit')
      running.child.kill('SIGKILL')
      running = start()
      await exited
      await running.isStarted
    },
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}
