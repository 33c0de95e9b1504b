'use client'
import type { AnalyticsSummary } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { formatChange, formatMs, formatPercent } from './figures.ts'

/** The figures of a period, each beside that of the one before. */
export function Tiles({ summary }: { summary: AnalyticsSummary }): ReactNode {
  const { t, locale } = useLeadhooks()
  const { previous, webhooks } = summary
  const number = new Intl.NumberFormat(locale)
  const counted = (key: 'deliveries' | 'deadLettered' | 'retries'): TileProps => ({
    label: t(`analytics.${key}`),
    value: number.format(summary[key]),
    note: note(formatChange(summary[key], previous[key], locale)),
  })
  const rated = (key: 'successRate' | 'firstAttemptSuccessRate'): TileProps => ({
    label: t(`analytics.${key}`),
    value: formatPercent(summary[key], locale),
    note: previous.attempts === 0 ? undefined : before(formatPercent(previous[key], locale)),
  })
  const note = (change: string | undefined): string | undefined => change && t('analytics.change', { change })
  const before = (value: string): string => t('analytics.before', { value })
  const tiles: TileProps[] = [
    counted('deliveries'),
    rated('successRate'),
    rated('firstAttemptSuccessRate'),
    counted('deadLettered'),
    counted('retries'),
    {
      label: t('analytics.latency'),
      value: formatMs(summary.p95Ms, locale),
      note: t('analytics.latency_more', {
        p50: formatMs(summary.p50Ms, locale),
        p99: formatMs(summary.p99Ms, locale),
      }),
    },
    {
      label: t('webhooks.title'),
      value: t('analytics.healthy', { count: webhooks.healthy }),
      note: t('analytics.unhealthy', { degraded: webhooks.degraded, failing: webhooks.failing }),
    },
  ]
  return (
    <dl className="lh-tiles">
      {tiles.map((tile) => (
        <Tile key={tile.label} {...tile} />
      ))}
    </dl>
  )
}

interface TileProps {
  label: string
  value: string
  note: string | undefined
}

function Tile({ label, value, note }: TileProps): ReactNode {
  return (
    <div className="lh-tile">
      <dt className="lh-muted">{label}</dt>
      <dd className="lh-tile-value">{value}</dd>
      {note !== undefined && <dd className="lh-hint">{note}</dd>}
    </div>
  )
}
