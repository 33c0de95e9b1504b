import {
  createLeadhooks,
  type Leadhooks,
  LeadhooksError,
  memoryStorage,
  type Observer,
} from '@leadhooks/core'
import { openTelemetryMetrics } from '@leadhooks/opentelemetry'
import { prometheusMetrics } from '@leadhooks/prometheus'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { openReceiver, organizationId } from './open.ts'
import { encryptionKeys } from './host-options.ts'

interface Started {
  meterProvider: MeterProvider
  collect: () => Promise<MetricData[]>
}

function startSdk(): Started {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    exportTimeoutMillis: 10_000,
  })
  const meterProvider = new MeterProvider({ readers: [reader] })
  onTestFinished(() => meterProvider.shutdown())
  const collect = async (): Promise<MetricData[]> => {
    const { resourceMetrics } = await reader.collect()
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
  }
  return { meterProvider, collect }
}

function openWith(observe: readonly Observer[], storage = memoryStorage()): Leadhooks {
  const leadhooks = createLeadhooks({
    storage,
    encryptionKeys,
    network: { allowPrivateAddresses: true, allowHttp: true },
    delivery: { retry: { delaysMs: [1] } },
    observe,
  })
  onTestFinished(() => leadhooks.close())
  return leadhooks
}

/** A series as Prometheus would have it: `name{label="value"}`, with the value of it, or how many there were. */
function series(metrics: readonly MetricData[]): Record<string, number> {
  const shown: Record<string, number> = {}
  for (const { descriptor, dataPointType, dataPoints } of metrics)
    for (const { attributes, value } of dataPoints) {
      const labels = Object.entries(attributes).map(([name, label]) => `${name}="${String(label)}"`)
      const name = `${descriptor.name}${labels.length === 0 ? '' : `{${labels.join(',')}}`}`
      shown[name] =
        dataPointType === DataPointType.HISTOGRAM ? (value as { count: number }).count : (value as number)
    }
  return shown
}

test('they are those of prom-client: names, help, labels, buckets and what is counted', async () => {
  const { meterProvider, collect } = startSdk()
  const register = new Registry()
  const both = [prometheusMetrics({ register }), openTelemetryMetrics({ meterProvider })] as const
  const leadhooks = openWith(both.map(({ observe }) => observe))
  for (const metrics of both) metrics.watch(leadhooks)
  const [good, bad] = [await openReceiver(), await openReceiver({ respond: 500 })]
  await leadhooks.webhooks.create({ organizationId, url: good.url })
  await leadhooks.webhooks.create({ organizationId, url: bad.url })
  leadhooks.startWorker()
  const event = { organizationId, type: 'new_lead', data: {}, id: 'evt-1' }
  await leadhooks.dispatchEvent(event)
  await leadhooks.dispatchEvent(event)
  await expect
    .poll(async () => series(await collect()))
    .toMatchObject({
      'leadhooks_events_dispatched_total{event_type="new_lead"}': 1,
      'leadhooks_deliveries_created_total{event_type="new_lead"}': 2,
      'leadhooks_delivery_attempts_total{outcome="succeeded",status_class="2xx",failure="none"}': 1,
      'leadhooks_delivery_attempts_total{outcome="failed",status_class="5xx",failure="status"}': 2,
      'leadhooks_delivery_attempt_duration_seconds{outcome="failed"}': 2,
      'leadhooks_deliveries_finished_total{status="dead_letter",reason="exhausted"}': 1,
      'leadhooks_deliveries_finished_total{status="dead_letter",reason="gone"}': 0,
      leadhooks_delivery_duration_seconds: 1,
      'leadhooks_webhooks{state="active"}': 2,
      leadhooks_ready: 1,
    })
  const collected = await collect()
  expect(JSON.stringify(collected)).not.toContain(organizationId)
  const known = new Map((await register.getMetricsAsJSON()).map((metric) => [metric.name, metric]))
  for (const { descriptor, dataPointType, dataPoints } of collected) {
    const metric = known.get(descriptor.name)
    expect(metric?.help, descriptor.name).toBe(descriptor.description)
    expect(descriptor.unit).toBe(descriptor.name.endsWith('_seconds') ? 's' : '')
    if (dataPointType !== DataPointType.HISTOGRAM) continue
    const les = metric?.values.map(({ labels }) => labels['le']).filter((le) => typeof le === 'number')
    expect(dataPoints[0]?.value.buckets.boundaries).toEqual([...new Set(les)])
  }
  // What nothing was counted of yet has no series there.
  const counted = [...known.values()].filter(({ values }) =>
    values.some(({ labels, value }) => value !== 0 || Object.keys(labels).length > 0),
  )
  expect(collected.map(({ descriptor }) => descriptor.name)).toEqual(
    expect.arrayContaining(counted.map(({ name }) => name)),
  )
})

test('of a database that is gone the gauges report nothing, and the process as not ready', async () => {
  const { meterProvider, collect } = startSdk()
  const metrics = openTelemetryMetrics({ meterProvider })
  const gone = async (): Promise<never> => {
    throw new LeadhooksError('storage_unavailable', 'Gone')
  }
  metrics.watch(
    openWith([metrics.observe], { ...memoryStorage(), readBacklog: gone, pendingMigrations: gone }),
  )
  const shown = series(await collect())
  expect(shown).toMatchObject({ leadhooks_ready: 0 })
  expect(Object.keys(shown).filter((name) => /unfinished|due|webhooks\{/.test(name))).toEqual([])
})

test('numbers that are none are refused', () => {
  expect(() => openTelemetryMetrics({ organizations: -1 })).toThrow(/organizations/)
})
