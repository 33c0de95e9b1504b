// A process that dispatches one event, and tells in which span.
import { createLeadhooks, type Storage } from '@leadhooks/core'
import { openTelemetryTracing } from '@leadhooks/opentelemetry'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { encryptionKeys } from './host-options.ts'

const [kind = '', place = ''] = process.argv.slice(2)
const exporter = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const storage: Storage =
  kind === 'path' ? sqliteStorage({ path: place }) : postgresStorage({ connectionString: place })
const leadhooks = createLeadhooks({
  storage,
  encryptionKeys,
  tracing: openTelemetryTracing({ tracerProvider }),
})
await leadhooks.dispatchEvent({ organizationId: 'acme', type: 'new_lead', data: {} })
const [span] = exporter.getFinishedSpans()
process.send?.(span?.spanContext())
await leadhooks.close()
process.disconnect()
