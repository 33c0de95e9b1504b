'use client'
import type { EventTypeAnalytics, WebhookAnalytics } from '@leadhooks/client'
import type { ReactNode } from 'react'
import type { DeliveryFilters } from '../deliveries/use-deliveries.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import { type Column, Failure, ListView, Skeleton, Table } from '../parts/list-view.tsx'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { formatMs, formatPercent } from './figures.ts'
import { StatusPill } from './status-pill.tsx'
import { type AnalyticsFilters, useAnalyticsByEventType, useAnalyticsByWebhook } from './use-analytics.ts'

interface BreakdownProps {
  filters: AnalyticsFilters
  onSelect: ((filters: DeliveryFilters) => void) | undefined
}

export function ByWebhook({ filters, onSelect }: BreakdownProps): ReactNode {
  const { t } = useLeadhooks()
  const pages = useAnalyticsByWebhook(filters)
  const columns: Column<WebhookAnalytics>[] = [
    {
      label: t('webhooks.one'),
      cell: (row) => (
        <Chosen onSelect={onSelect && (() => onSelect({ webhookId: row.webhookId }))}>{nameOf(row)}</Chosen>
      ),
    },
    { label: t('webhooks.state'), cell: (row) => <StatusPill webhook={row} /> },
    ...useFigureColumns(),
  ]
  return (
    <section aria-label={t('analytics.by_webhook')}>
      <h3 className="lh-subtitle">{t('analytics.by_webhook')}</h3>
      <ListView
        label={t('analytics.by_webhook')}
        pages={pages}
        keyOf={({ webhookId }) => webhookId}
        columns={columns}
        clearFilters={undefined}
        empty={{ title: t('webhooks.empty'), text: t('webhooks.empty_text') }}
      />
    </section>
  )
}

export function ByEventType({ filters, onSelect }: BreakdownProps): ReactNode {
  const { t } = useLeadhooks()
  const { data, error, reload, isPrevious } = useAnalyticsByEventType(filters)
  const { webhookId } = filters
  const columns: Column<EventTypeAnalytics>[] = [
    {
      label: t('deliveries.event_type'),
      cell: ({ eventType }) => (
        <Chosen onSelect={onSelect && (() => onSelect({ webhookId, eventType }))}>{eventType}</Chosen>
      ),
    },
    ...useFigureColumns(),
  ]
  return (
    <section aria-label={t('analytics.by_event_type')}>
      <h3 className="lh-subtitle">{t('analytics.by_event_type')}</h3>
      {data === undefined && error === undefined && <Skeleton />}
      {data === undefined && error !== undefined && <Failure error={error} retry={reload} />}
      {data !== undefined && (
        <Table
          label={t('analytics.by_event_type')}
          columns={columns}
          rows={data.data}
          keyOf={({ eventType }) => eventType}
          isStale={isPrevious}
        />
      )}
    </section>
  )
}

function useFigureColumns(): Column<WebhookAnalytics | EventTypeAnalytics>[] {
  const { t, locale } = useLeadhooks()
  const number = new Intl.NumberFormat(locale)
  return [
    { label: t('analytics.deliveries'), cell: ({ deliveries }) => number.format(deliveries), isEnd: true },
    {
      label: t('analytics.successRate'),
      cell: ({ successRate, deliveries }) => (deliveries === 0 ? '–' : formatPercent(successRate, locale)),
      isEnd: true,
    },
    { label: t('analytics.retries'), cell: ({ retries }) => number.format(retries), isEnd: true },
    { label: 'p95', cell: ({ p95Ms }) => (p95Ms === 0 ? '–' : formatMs(p95Ms, locale)), isEnd: true },
  ]
}

function Chosen({ onSelect, children }: { onSelect: (() => void) | undefined; children: string }): ReactNode {
  if (onSelect === undefined) return children
  return (
    <button type="button" className="lh-link" onClick={onSelect}>
      {children}
    </button>
  )
}
