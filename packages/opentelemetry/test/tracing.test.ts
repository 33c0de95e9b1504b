import { memoryStorage } from '@leadhooks/core'
import { startReceiver } from '@leadhooks/core/testing'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  contextOf,
  databases,
  named,
  open,
  openReceiver,
  openStorage,
  organizationId,
  sqliteFile,
  startSdk,
} from './open.ts'

describe.each(Object.entries(databases))('on %s', (_, createDatabase) => {
  test('a dispatch is a producer span within that of the host, and each attempt a client span linked to it', async () => {
    const { tracerProvider, spans } = startSdk()
    const receiver = await openReceiver({ respond: [500, 200] })
    const leadhooks = await open(openStorage(await createDatabase()), { tracerProvider })
    const url = new URL('/hooks/s3cret-path?token=s3cret', receiver.url).href
    const { webhook } = await leadhooks.webhooks.create({ organizationId, url })
    leadhooks.startWorker()
    const host = tracerProvider.getTracer('host').startSpan('POST /leads')
    await context.with(trace.setSpan(context.active(), host), async () =>
      leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: { name: 'Ada' }, id: 'evt-1' }),
    )
    const attempts = await named(spans, 'POST', 2)
    const [dispatch] = await named(spans, 'dispatch new_lead', 1)
    const { traceId, spanId } = contextOf(dispatch)
    expect(dispatch).toMatchObject({
      kind: SpanKind.PRODUCER,
      parentSpanContext: { spanId: host.spanContext().spanId },
      attributes: {
        'messaging.system': 'leadhooks',
        'messaging.operation.name': 'dispatch',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'new_lead',
        'messaging.message.id': 'evt-1',
        'leadhooks.organization.id': organizationId,
        'leadhooks.dispatch.deliveries': 1,
      },
    })
    const [first, second] = attempts
    for (const attempt of attempts) {
      expect(attempt.kind).toBe(SpanKind.CLIENT)
      expect(attempt.parentSpanContext).toBeUndefined()
      expect(attempt.spanContext().traceId).not.toBe(traceId)
      expect(attempt.links).toMatchObject([{ context: { traceId, spanId, isRemote: true } }])
    }
    const port = Number(new URL(receiver.url).port)
    expect(first?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'server.port': port,
      'url.full': `http://127.0.0.1:${port}/REDACTED`,
      'http.response.status_code': 500,
      'error.type': '500',
      'messaging.message.id': 'evt-1',
      'leadhooks.webhook.id': webhook.id,
      'leadhooks.delivery.attempt': 1,
    })
    expect(first?.status.code).toBe(SpanStatusCode.ERROR)
    expect(first?.attributes).not.toHaveProperty('http.request.resend_count')
    expect(second?.attributes).toMatchObject({
      'http.response.status_code': 200,
      'http.request.resend_count': 1,
    })
    expect(second?.status.code).toBe(SpanStatusCode.UNSET)
    const all = JSON.stringify(
      spans().map(({ name, attributes, status, events }) => [name, attributes, status, events]),
    )
    expect(all).not.toMatch(/s3cret|Ada/)
  })

  test('events of one call share its span, those of several types too', async () => {
    const { tracerProvider, spans } = startSdk()
    const storage = openStorage(await createDatabase())
    const leadhooks = await open(storage, { tracerProvider })
    await leadhooks.dispatchEvents([
      { organizationId, type: 'new_lead', data: {}, id: 'a' },
      { organizationId, type: 'lead_won', data: {}, id: 'b' },
    ])
    const [dispatch] = await named(spans, 'dispatch', 1)
    expect(dispatch?.attributes).toMatchObject({ 'messaging.batch.message_count': 2 })
    expect(dispatch?.attributes).not.toHaveProperty('messaging.message.id')
    const { traceId, spanId } = contextOf(dispatch)
    for (const id of ['a', 'b'])
      expect((await storage.findEvent({ organizationId, id }))?.traceparent).toBe(
        `00-${traceId}-${spanId}-01`,
      )
  })
})

test('a receiver that asked for it is given the span of the attempt', async () => {
  const { tracerProvider, spans } = startSdk()
  const receiver = await openReceiver()
  const leadhooks = await open(memoryStorage(), { tracerProvider })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url, traceContext: true })
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  const [request] = await receiver.received(1)
  const [attempt] = await named(spans, 'POST', 1)
  const { traceId, spanId } = contextOf(attempt)
  expect(request?.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`)
  expect(request?.headers).not.toHaveProperty('tracestate')
})

test('an instrumented undici makes no further span of a request, and sends nothing to whoever has not asked', async () => {
  const { tracerProvider, spans } = startSdk()
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const end = registerInstrumentations({
    tracerProvider,
    instrumentations: [new UndiciInstrumentation()],
  })
  onTestFinished(() => {
    end()
    propagation.disable()
  })
  const [receiver, other] = [await openReceiver(), await openReceiver()]
  const leadhooks = await open(memoryStorage(), { tracerProvider })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url })
  leadhooks.startWorker()
  for (let n = 0; n < 20; n++) await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  const requests = await receiver.received(20)
  await named(spans, 'POST', 20)
  for (const { headers } of requests) expect(headers).not.toHaveProperty('traceparent')
  // It is there, and works for all else.
  await fetch(other.url, { method: 'POST', body: '{}' })
  expect((await other.received(1))[0]?.headers).toHaveProperty('traceparent')
  await named(spans, 'POST', 21)
})

async function urlOfNobody(): Promise<string> {
  const receiver = await startReceiver()
  await receiver.close()
  return receiver.url
}

test.each([
  ['a receiver that is not there', urlOfNobody, 'connect'],
  ['an address that is not allowed', async () => (await openReceiver()).url, 'blocked_address'],
])('%s shows as the kind of failure', async (_, urlOf, failure) => {
  const { tracerProvider, spans } = startSdk()
  const url = await urlOf()
  const storage = memoryStorage()
  const leadhooks = await open(storage, { tracerProvider })
  await leadhooks.webhooks.create({ organizationId, url })
  const network = { allowPrivateAddresses: failure !== 'blocked_address', allowHttp: true }
  const worker = await open(storage, { tracerProvider, network })
  await worker.dispatchEvent({ organizationId, type: 'new_lead', data: {} })
  worker.startWorker()
  const [attempt] = await named(spans, 'POST', 2)
  expect(attempt?.attributes['error.type']).toBe(failure)
  expect(attempt?.attributes).not.toHaveProperty('http.response.status_code')
  expect(attempt?.status).toEqual({ code: SpanStatusCode.ERROR })
})

test('a dispatch that is refused by the database ends as a failed span, with the code of the error', async () => {
  const { tracerProvider, spans } = startSdk()
  const storage = openStorage(await sqliteFile())
  const leadhooks = await open(storage, { tracerProvider })
  await storage.close()
  await expect(leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {} })).rejects.toThrow()
  const [dispatch] = await named(spans, 'dispatch new_lead', 1)
  expect(dispatch?.status).toEqual({ code: SpanStatusCode.ERROR })
  expect(dispatch?.attributes['error.type']).toMatch(/^[a-z_]+$/)
})

test('where no SDK was started nothing is kept and nothing is sent', async () => {
  const storage = memoryStorage()
  const receiver = await openReceiver()
  const leadhooks = await open(storage, { tracerProvider: trace.getTracerProvider() as never })
  await leadhooks.webhooks.create({ organizationId, url: receiver.url, traceContext: true })
  leadhooks.startWorker()
  await leadhooks.dispatchEvent({ organizationId, type: 'new_lead', data: {}, id: 'evt-1' })
  const [request] = await receiver.received(1)
  expect(request?.headers).not.toHaveProperty('traceparent')
  expect((await storage.findEvent({ organizationId, id: 'evt-1' }))?.traceparent).toBeNull()
})
