'use client'
import { type ReactNode, useState } from 'react'
import type { DeliveryFilters } from '../deliveries/use-deliveries.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Select } from '../parts/choice.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { Blank, Failure, Skeleton } from '../parts/list-view.tsx'
import { useEventTypes, useWebhookChoice } from '../webhooks/use-webhooks.ts'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { Attention } from './attention.tsx'
import { ByEventType, ByWebhook } from './breakdowns.tsx'
import { Causes } from './causes.tsx'
import { Series } from './series.tsx'
import { Tiles } from './tiles.tsx'
import { type AnalyticsFilters, useAnalytics } from './use-analytics.ts'

export interface WebhookAnalyticsDashboardProps extends ComponentProps {
  /** The webhook that is looked at. @default all, and a choice among them */
  webhookId?: string | undefined
  /** Called with the filters of a log when a row is chosen: what it counts. @default rows cannot be chosen */
  onSelect?: ((filters: DeliveryFilters) => void) | undefined
}

/** What came of deliveries, beside the period before: volume, success, latency, causes; by webhook and by event type. */
export function WebhookAnalyticsDashboard({
  webhookId,
  onSelect,
  ...props
}: WebhookAnalyticsDashboardProps): ReactNode {
  return (
    <Frame {...props}>
      <Dashboard webhookId={webhookId} onSelect={onSelect} />
    </Frame>
  )
}

const periods = ['1', '7', '30', '90'] as const

function Dashboard({
  webhookId,
  onSelect,
}: Pick<WebhookAnalyticsDashboardProps, 'webhookId' | 'onSelect'>): ReactNode {
  const { t } = useLeadhooks()
  const [chosen, setChosen] = useState<AnalyticsFilters>({ days: 7 })
  const filters: AnalyticsFilters = { ...chosen, webhookId: webhookId ?? chosen.webhookId }
  return (
    <Panel title={t('analytics.title')} text={t('analytics.text')}>
      <div className="lh-toolbar" role="search" aria-label={t('analytics.title')}>
        <Select
          label={t('analytics.period')}
          isLabelHidden
          value={String(chosen.days) as (typeof periods)[number]}
          onChange={(days) => setChosen({ ...chosen, days: Number(days) })}
          options={periods.map((value) => ({ value, label: t(`analytics.period.${value}`) }))}
        />
        <Scope chosen={chosen} setChosen={setChosen} hasWebhooks={webhookId === undefined} />
      </div>
      <Figures filters={filters} hasWebhooks={filters.webhookId === undefined} onSelect={onSelect} />
    </Panel>
  )
}

interface ScopeProps {
  chosen: AnalyticsFilters
  setChosen: (filters: AnalyticsFilters) => void
  hasWebhooks: boolean
}

function Scope({ chosen, setChosen, hasWebhooks }: ScopeProps): ReactNode {
  const { t } = useLeadhooks()
  const webhooks = useWebhookChoice().data?.data ?? []
  const types = useEventTypes().data ?? []
  return (
    <>
      {hasWebhooks && (
        <Select
          label={t('webhooks.one')}
          isLabelHidden
          value={chosen.webhookId ?? ''}
          onChange={(webhookId) => setChosen({ ...chosen, webhookId: webhookId || undefined })}
          options={[
            { value: '', label: t('deliveries.any_webhook') },
            ...webhooks.map((webhook) => ({ value: webhook.id, label: nameOf(webhook) })),
          ]}
        />
      )}
      <Select
        label={t('deliveries.event_type')}
        isLabelHidden
        value={chosen.eventType ?? ''}
        onChange={(eventType) => setChosen({ ...chosen, eventType: eventType || undefined })}
        options={[
          { value: '', label: t('deliveries.any_type') },
          ...types.map(({ name }) => ({ value: name, label: name })),
        ]}
      />
    </>
  )
}

interface FiguresProps extends Pick<WebhookAnalyticsDashboardProps, 'onSelect'> {
  filters: AnalyticsFilters
  hasWebhooks: boolean
}

function Figures({ filters, hasWebhooks, onSelect }: FiguresProps): ReactNode {
  const { t } = useLeadhooks()
  const { data: summary, error, reload, isPrevious } = useAnalytics(filters)
  if (summary === undefined)
    return error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />
  if (summary.attempts === 0 && summary.deliveries === 0) {
    return <Blank title={t('analytics.empty')} text={t('analytics.empty_text')} />
  }
  return (
    <div className="lh-dashboard" aria-busy={isPrevious}>
      {hasWebhooks && <Attention filters={filters} onSelect={onSelect} />}
      <Tiles summary={summary} />
      <Series filters={filters} />
      <Causes filters={filters} onSelect={onSelect} />
      {hasWebhooks && <ByWebhook filters={filters} onSelect={onSelect} />}
      {filters.eventType === undefined && <ByEventType filters={filters} onSelect={onSelect} />}
    </div>
  )
}
