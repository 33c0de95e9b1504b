'use client'
import type { WebhookAnalytics } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Pill, type Tone } from '../parts/pill.tsx'

const tones: Record<WebhookAnalytics['status'], Tone> = { healthy: 'good', degraded: 'warn', failing: 'bad' }

/** How a webhook fares; one that is switched off by a person neither way. */
export function StatusPill({ webhook }: { webhook: WebhookAnalytics }): ReactNode {
  const { t } = useLeadhooks()
  const { status, enabled } = webhook
  if (!enabled && status === 'healthy') return <Pill tone="quiet">{t('webhooks.state.by_user')}</Pill>
  return <Pill tone={tones[status]}>{t(`analytics.status.${status}`)}</Pill>
}
