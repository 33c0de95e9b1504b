'use client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { BarChart } from '../parts/bar-chart.tsx'
import { LineChart } from '../parts/line-chart.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { formatMs, timeFormatOf } from './figures.ts'
import { type AnalyticsFilters, useAnalyticsTimeSeries } from './use-analytics.ts'

/** Volume and latency over time. */
export function Series({ filters }: { filters: AnalyticsFilters }): ReactNode {
  const { t, locale } = useLeadhooks()
  const { data: series, error, reload } = useAnalyticsTimeSeries(filters)
  if (series === undefined)
    return error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />
  const time = timeFormatOf(series)
  return (
    <>
      <section aria-label={t('analytics.volume')}>
        <h3 className="lh-subtitle">{t('analytics.volume')}</h3>
        <BarChart
          label={t('analytics.volume')}
          first={t('analytics.succeeded')}
          second={t('analytics.failed')}
          time={time}
          bars={series.points.map(({ startsAt, succeeded, failed }) => ({
            at: startsAt,
            first: succeeded,
            second: failed,
          }))}
        />
      </section>
      <section aria-label={t('analytics.latency_over_time')}>
        <h3 className="lh-subtitle">{t('analytics.latency_over_time')}</h3>
        <LineChart
          label={t('analytics.latency_over_time')}
          lines={['p50', 'p95', 'p99']}
          time={time}
          say={(ms) => formatMs(ms, locale)}
          points={series.points.map(({ startsAt, p50Ms, p95Ms, p99Ms }) => ({
            at: startsAt,
            values: [p50Ms, p95Ms, p99Ms],
          }))}
        />
      </section>
    </>
  )
}
