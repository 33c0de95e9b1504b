'use client'
import type { ReactNode } from 'react'
import type { DeliveryFilters } from '../deliveries/use-deliveries.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { StatusPill } from './status-pill.tsx'
import { type AnalyticsFilters, useAnalyticsByWebhook } from './use-analytics.ts'

interface AttentionProps {
  filters: AnalyticsFilters
  onSelect: ((filters: DeliveryFilters) => void) | undefined
}

/** Webhooks that somebody must look after, and why. */
export function Attention({ filters, onSelect }: AttentionProps): ReactNode {
  const { t } = useLeadhooks()
  const { data } = useAnalyticsByWebhook(filters)
  const ill = (data?.data ?? []).filter(({ status }) => status !== 'healthy')
  if (ill.length === 0) return null
  return (
    <section aria-label={t('analytics.attention')}>
      <h3 className="lh-subtitle">{t('analytics.attention')}</h3>
      <ul className="lh-causes">
        {ill.map((webhook) => (
          <li key={webhook.webhookId} className="lh-cause">
            <div className="lh-cause-head">
              <span>
                <strong>{nameOf(webhook)}</strong> <StatusPill webhook={webhook} />
              </span>
              {onSelect !== undefined && (
                <Button
                  kind="quiet"
                  aria-label={t('analytics.show_named', { name: nameOf(webhook) })}
                  onClick={() => onSelect({ webhookId: webhook.webhookId })}
                >
                  {t('analytics.show')}
                </Button>
              )}
            </div>
            <p className="lh-muted">
              {[...webhook.evidence.map(({ message }) => message), webhook.forecast?.message]
                .filter(Boolean)
                .join('. ')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
