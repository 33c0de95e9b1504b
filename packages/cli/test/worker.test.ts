import type { ServerResponse } from 'node:http'
import { type Attempt, type Delivery, type Leadhooks } from '@leadhooks/core'
import { hang, type Responder, type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Project, Running } from './project.ts'
import { eachStorage, openLeadhooks } from './storages.ts'

const organizationId = 'acme'
const isSending = 'The worker is sending'
const patience = { timeout: 30_000 }

describe.each(eachStorage)('leadhooks worker on %s', patience, (_, openProject) => {
  interface Host {
    project: Project
    leadhooks: Leadhooks
    receiver: ScriptedReceiver
  }

  /** A host whose own process has a migrated database and a webhook, and sends nothing. */
  async function openHost(respond: Responder | readonly Responder[] = () => 200): Promise<Host> {
    const { project, open } = await openProject()
    const leadhooks = openLeadhooks(open())
    await leadhooks.migrate()
    const receiver = await startReceiver({ respond })
    onTestFinished(async () => receiver.close())
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    return { project, leadhooks, receiver }
  }

  async function startWorker(project: Project, ...args: string[]): Promise<Running> {
    const worker = project.start('worker', ...args)
    await worker.said(isSending)
    return worker
  }

  async function dispatch({ leadhooks }: Host): Promise<void> {
    await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { id: 1 } })
  }

  async function findDelivery({ leadhooks }: Host): Promise<Delivery | undefined> {
    return (await leadhooks.deliveries.list({ organizationId })).data[0]
  }

  async function attemptsOf(host: Host): Promise<Attempt[]> {
    const { id = '' } = (await findDelivery(host)) ?? {}
    return host.leadhooks.deliveries.attempts({ organizationId, id })
  }

  async function untilDelivered(host: Host): Promise<void> {
    const delivered = async (): Promise<void> =>
      expect(await findDelivery(host)).toMatchObject({ status: 'delivered' })
    await vi.waitFor(delivered, { timeout: 20_000 })
  }

  test('delivers what another process dispatches, before and after its start', async () => {
    const host = await openHost()
    await dispatch(host)
    const worker = await startWorker(host.project)
    await host.receiver.received(1)
    await dispatch(host)
    await host.receiver.received(2)
    await untilDelivered(host)
    worker.process.kill('SIGTERM')
    expect(await worker.ended).toMatchObject({ exitCode: 0, stdout: '' })
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('finishes what is under way at a %s', async (signal) => {
    let answer = (): void => {}
    const host = await openHost((_request, response: ServerResponse) => {
      answer = () => void response.end()
    })
    await dispatch(host)
    const worker = await startWorker(host.project)
    await host.receiver.received(1)
    worker.process.kill(signal)
    await worker.said(signal)
    answer()
    expect(await worker.ended).toMatchObject({ exitCode: 0 })
    expect(await findDelivery(host)).toMatchObject({ status: 'delivered', attempts: 1 })
  })

  test('takes one signal that reaches it twice, as through npx, for one', async () => {
    let answer = (): void => {}
    const host = await openHost((_request, response: ServerResponse) => {
      answer = () => void response.end()
    })
    await dispatch(host)
    const worker = await startWorker(host.project)
    await host.receiver.received(1)
    worker.process.kill('SIGINT')
    worker.process.kill('SIGTERM')
    await worker.said('finishing')
    answer()
    expect(await worker.ended).toMatchObject({ exitCode: 0 })
  })

  test('cuts off what is under way when it is told again; another worker sends it', async () => {
    const host = await openHost([hang, () => 200])
    await dispatch(host)
    const worker = await startWorker(host.project, '--timeout', '2m')
    await host.receiver.received(1)
    const again = setInterval(() => worker.process.kill('SIGTERM'), 100)
    const { exitCode, stderr } = await worker.ended.finally(() => clearInterval(again))
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Cut off') as string])
    await startWorker(host.project)
    await untilDelivered(host)
  })

  test('cuts off by itself when the time is up, and gives back what it could not finish', async () => {
    const host = await openHost([hang, () => 200])
    await dispatch(host)
    const worker = await startWorker(host.project, '--timeout', '50ms')
    await host.receiver.received(1)
    worker.process.kill('SIGTERM')
    expect(await worker.ended).toMatchObject({ exitCode: 0 })
    const given = await findDelivery(host)
    expect(given).toMatchObject({ status: 'retrying', failure: 'worker_stopped' })
    expect(given?.nextAttemptAt?.getTime(), 'Due at once').toBeLessThanOrEqual(Date.now())
    const [cutOff] = await attemptsOf(host)
    expect(cutOff?.durationMs, 'By the time that was given, not by the default').toBeLessThan(10_000)
    await startWorker(host.project)
    await untilDelivered(host)
  })

  test('killed while it sends, leaves the delivery to the next worker', async () => {
    const host = await openHost([hang, () => 200])
    await dispatch(host)
    const worker = await startWorker(host.project)
    await host.receiver.received(1)
    worker.process.kill('SIGKILL')
    expect(await worker.ended).toMatchObject({ exitCode: null })
    await startWorker(host.project)
    await untilDelivered(host)
    expect((await attemptsOf(host)).map(({ outcome }) => outcome)).toEqual(['lost', 'succeeded'])
  })

  test('is not started on a database without tables, and says what to do', async () => {
    const { project } = await openProject()
    const { exitCode, stderr } = await project.leadhooks('worker')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^tables: not migrated to 1 .*`leadhooks migrate`.*\nThe worker was not started\n$/,
    )
  })

  test('makes the tables first with --migrate', async () => {
    const { project, open } = await openProject()
    const worker = await startWorker(project, '--migrate')
    expect(await openLeadhooks(open()).migrate({ dryRun: true })).toEqual([])
    worker.process.kill('SIGTERM')
    expect(await worker.ended).toMatchObject({ exitCode: 0 })
  })
})
