import { createLeadhooks, type Leadhooks, type LeadhooksOptions, type Storage } from '@leadhooks/core'
import { type ReceiverOptions, type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { openTelemetryTracing } from '@leadhooks/opentelemetry'
import { postgresStorage } from '@leadhooks/postgres'
import { sqliteStorage } from '@leadhooks/sqlite'
import { testPostgres } from '@leadhooks/test-services/vitest'
import { context, type SpanContext } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { encryptionKeys } from './host-options.ts'

export const organizationId = 'acme'

/** Where a database is, for this process and others. */
export type Place = { path: string } | { connectionString: string }

export async function sqliteFile(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'leadhooks-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { path: join(folder, 'leadhooks.db') }
}

export const databases: Record<string, () => Promise<Place>> = {
  SQLite: sqliteFile,
  Postgres: async () => ({ connectionString: await (await testPostgres()).createDatabase() }),
}

export function openStorage(place: Place): Storage {
  return 'path' in place ? sqliteStorage(place) : postgresStorage(place)
}

/** The host's SDK: spans in memory, and a context that goes along with what is awaited. */
export function startSdk(): { tracerProvider: BasicTracerProvider; spans: () => ReadableSpan[] } {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(async () => {
    context.disable()
    await tracerProvider.shutdown()
  })
  return { tracerProvider, spans: () => exporter.getFinishedSpans() }
}

/** A Leadhooks that tries twice, with spans of that SDK. */
export async function open(
  storage: Storage,
  options: Partial<LeadhooksOptions> & { tracerProvider: BasicTracerProvider },
): Promise<Leadhooks> {
  const { tracerProvider, ...others } = options
  const leadhooks = createLeadhooks({
    storage,
    encryptionKeys,
    network: { allowPrivateAddresses: true, allowHttp: true },
    delivery: { retry: { delaysMs: [1] } },
    tracing: openTelemetryTracing({ tracerProvider }),
    ...others,
  })
  onTestFinished(() => leadhooks.close())
  await leadhooks.migrate()
  return leadhooks
}

export async function openReceiver(options?: ReceiverOptions): Promise<ScriptedReceiver> {
  const receiver = await startReceiver(options)
  onTestFinished(() => receiver.close())
  return receiver
}

export function contextOf(span: ReadableSpan | undefined): SpanContext {
  if (span === undefined) throw new Error('There is no such span')
  return span.spanContext()
}

/** Waits until there are so many spans of that name. */
export async function named(
  spans: () => ReadableSpan[],
  name: string,
  count: number,
): Promise<ReadableSpan[]> {
  const found = (): ReadableSpan[] => spans().filter((span) => span.name === name)
  await expect.poll(() => found().length).toBe(count)
  return found()
}
