import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { SpanContext } from '@opentelemetry/api'
import { describe, expect, onTestFinished, test } from 'vitest'
import { databases, named, open, openReceiver, openStorage, organizationId, startSdk } from './open.ts'

describe.each(Object.entries(databases))('on %s', (_, createDatabase) => {
  test('an attempt is linked to a dispatch of another process', { timeout: 60_000 }, async () => {
    const place = await createDatabase()
    const { tracerProvider, spans } = startSdk()
    const receiver = await openReceiver()
    const leadhooks = await open(openStorage(place), { tracerProvider })
    await leadhooks.webhooks.create({ organizationId, url: receiver.url })
    const child = fork(new URL('dispatch-process.ts', import.meta.url), Object.entries(place).flat(), {
      execArgv: ['--conditions=@leadhooks/source'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [[dispatch]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [
      [SpanContext],
      unknown,
    ]
    leadhooks.startWorker()
    const [attempt] = await named(spans, 'POST', 1)
    const { traceId, spanId } = dispatch
    expect(attempt?.links).toMatchObject([{ context: { traceId, spanId, isRemote: true } }])
  })
})
