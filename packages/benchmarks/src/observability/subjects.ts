import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { openTelemetryMetrics, openTelemetryTracing } from '@leadhooks/opentelemetry'
import { prometheusMetrics } from '@leadhooks/prometheus'
import { sqliteStorage } from '@leadhooks/sqlite'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  InMemorySpanExporter,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base'
import { Registry } from 'prom-client'
import { createWebhooks, deliveryCounter, dispatchLeads } from '../sqlite/fill.ts'
import { events, openDatabase } from '../sqlite/open.ts'
import { temporaryFile } from '../sqlite/temporary-file.ts'
import { startReceiver } from '../start-receiver.ts'

export const subjectNames = ['none', 'prom-client', 'OpenTelemetry metrics', 'OpenTelemetry traces'] as const
type SubjectName = (typeof subjectNames)[number]

/** One slice of the queue. */
export interface Slice {
  /** Deliveries a second. */
  rate: number
  /** CPU seconds of the process for 1,000 deliveries. */
  cpu: number
}

type Observing = Pick<LeadhooksOptions, 'observe' | 'tracing'>

/** What takes batches as a collector does, and forgets them. */
function nowhere(): SpanExporter {
  const exporter = new InMemorySpanExporter()
  return {
    export(spans, done) {
      exporter.export(spans, done)
      exporter.reset()
    },
    shutdown: async () => exporter.shutdown(),
  }
}

const observing: Record<SubjectName, () => Observing> = {
  none: () => ({}),
  'prom-client': () => ({ observe: prometheusMetrics({ register: new Registry() }).observe }),
  'OpenTelemetry metrics': () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
    return { observe: openTelemetryMetrics({ meterProvider }).observe }
  },
  'OpenTelemetry traces': () => {
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(nowhere())] })
    return { tracing: openTelemetryTracing({ tracerProvider }) }
  },
}

/** A Leadhooks for each, all on the same file; one of them works at a time. */
export async function openSubjects(): Promise<{
  drain: (name: SubjectName, size: number) => Promise<Slice>
  close: () => Promise<void>
}> {
  const receiver = await startReceiver()
  const { path, remove } = temporaryFile()
  const database = openDatabase(path)
  let counter = deliveryCounter()
  const open = (name: SubjectName): Leadhooks<typeof events, never> =>
    createLeadhooks({
      storage: counting(sqliteStorage({ database }), () => counter.count()),
      encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
      events,
      network: { allowPrivateAddresses: true, allowHttp: true },
      ...observing[name](),
    })
  const subjects = new Map(subjectNames.map((name) => [name, open(name)]))
  const first = [...subjects.values()][0] as ReturnType<typeof open>
  await first.migrate()
  await createWebhooks(first, receiver.url)

  async function drain(name: SubjectName, size: number): Promise<Slice> {
    const leadhooks = subjects.get(name) as ReturnType<typeof open>
    counter = deliveryCounter()
    await dispatchLeads(leadhooks, size)
    const startedAt = performance.now()
    const cpuBefore = process.cpuUsage()
    const worker = leadhooks.startWorker()
    await counter.until(size)
    const { user, system } = process.cpuUsage(cpuBefore)
    const seconds = (performance.now() - startedAt) / 1000
    await worker.stop()
    return { rate: size / seconds, cpu: (user + system) / 1000 / size }
  }

  return {
    drain,
    async close() {
      for (const leadhooks of subjects.values()) await leadhooks.close()
      database.close()
      receiver.stop()
      remove()
    },
  }
}

/** Counts results as they are written: an observer would be one of the things that are compared. */
function counting<Tx>(storage: Storage<Tx>, count: () => void): Storage<never> {
  return {
    ...storage,
    async settleDeliveries(settlements, options) {
      const written = await storage.settleDeliveries(settlements, options)
      for (const isWritten of written) if (isWritten) count()
      return written
    },
  }
}
