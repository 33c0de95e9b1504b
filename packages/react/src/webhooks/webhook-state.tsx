'use client'
import type { Webhook } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { Translate } from '../messages/translate.ts'
import { Pill, type Tone } from '../parts/pill.tsx'

const tones = {
  active: 'good',
  by_user: 'quiet',
  gone: 'bad',
  failing: 'bad',
  circuit: 'bad',
  probing: 'warn',
  paused: 'warn',
  throttled: 'info',
  maintenance: 'info',
  verification: 'warn',
} satisfies Record<string, Tone>

export type WebhookState = keyof typeof tones

type Standing = Pick<Webhook, 'enabled' | 'disabledReason' | 'circuitState' | 'waitsFor' | 'waitsUntil'>

/** Whether its deliveries go, and if not, why. */
export function stateOf(webhook: Standing, now: number = Date.now()): WebhookState {
  if (!webhook.enabled) return webhook.disabledReason ?? 'by_user'
  if (webhook.circuitState === 'open') return 'circuit'
  if (webhook.circuitState === 'half_open') return 'probing'
  const { waitsFor, waitsUntil } = webhook
  // To wait for enough events is how it is meant to be.
  if (waitsFor === null || waitsFor === 'batching') return 'active'
  return waitsUntil !== null && Date.parse(waitsUntil) > now ? waitsFor : 'active'
}

export function WebhookPill({ webhook }: { webhook: Standing }): ReactNode {
  const { t } = useLeadhooks()
  const state = stateOf(webhook)
  return <Pill tone={tones[state]}>{t(`webhooks.state.${state}`)}</Pill>
}

/** By its name, else where it leads. */
export function nameOf({ name, url }: Pick<Webhook, 'name' | 'url'>): string {
  return name ?? url.replace(/^https?:\/\//, '')
}

export function describeEvents(eventTypes: readonly string[], t: Translate): string {
  return eventTypes.length === 0 ? t('webhooks.events_all') : eventTypes.join(', ')
}
