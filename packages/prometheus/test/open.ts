import { createLeadhooks, type Leadhooks, memoryStorage } from '@leadhooks/core'
import { type ReceiverOptions, type ScriptedReceiver, startReceiver } from '@leadhooks/core/testing'
import { prometheusMetrics, type PrometheusMetricsOptions } from '@leadhooks/prometheus'
import { Registry } from 'prom-client'
import { expect, onTestFinished } from 'vitest'

export const organizationId = 'acme'

/** A Leadhooks that tries twice, its metrics, and a registry of their own. */
export async function open(options: Partial<PrometheusMetricsOptions> = {}): Promise<{
  leadhooks: Leadhooks
  register: Registry
}> {
  const register = new Registry()
  const metrics = prometheusMetrics({ register, ...options })
  const leadhooks = createLeadhooks({
    storage: memoryStorage(),
    encryptionKeys: [{ id: 'k1', key: Buffer.alloc(32, 1).toString('base64') }],
    network: { allowPrivateAddresses: true, allowHttp: true },
    delivery: { retry: { delaysMs: [1] } },
    observe: metrics.observe,
  })
  metrics.watch(leadhooks)
  onTestFinished(() => leadhooks.close())
  return { leadhooks, register }
}

export async function openReceiver(options?: ReceiverOptions): Promise<ScriptedReceiver> {
  const receiver = await startReceiver(options)
  onTestFinished(() => receiver.close())
  return receiver
}

/** Waits until the registry shows these lines. */
export async function shows(register: Registry, ...lines: string[]): Promise<void> {
  await expect.poll(async () => (await register.metrics()).split('\n')).toEqual(expect.arrayContaining(lines))
}
