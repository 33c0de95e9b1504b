'use client'
import type { AnalyticsSummary } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { Tiles } from '../analytics/tiles.tsx'
import { type AnalyticsFilters, useAnalytics } from '../analytics/use-analytics.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { Concerns } from './concerns.tsx'
import { FirstSteps } from './first-steps.tsx'
import type { OverviewTarget } from './overview-target.ts'

export interface WebhookOverviewProps extends ComponentProps {
  /** Told where the user wants to go: what is to be done about something is done elsewhere. */
  onOpen: (target: OverviewTarget) => void
}

const week: AnalyticsFilters = { days: 7 }

/** What needs attention, each with what to do about it; then how the last seven days went. */
export function WebhookOverview({ onOpen, ...props }: WebhookOverviewProps): ReactNode {
  return (
    <Frame {...props}>
      <Overview onOpen={onOpen} />
    </Frame>
  )
}

/** Nothing has arrived yet, as far back as is looked. */
function isNew({ delivered, previous }: AnalyticsSummary): boolean {
  return delivered === 0 && previous.delivered === 0
}

function Overview({ onOpen }: Pick<WebhookOverviewProps, 'onOpen'>): ReactNode {
  const { t } = useLeadhooks()
  const { data: summary, error, reload } = useAnalytics(week)
  return (
    <Panel title={t('overview.title')} text={t('overview.text')}>
      {summary === undefined && error === undefined && <Skeleton />}
      {summary === undefined && error !== undefined && <Failure error={error} retry={reload} />}
      {summary !== undefined && (
        <div className="lh-dashboard">
          {isNew(summary) && <FirstSteps summary={summary} onOpen={onOpen} />}
          <Concerns period={week} summary={summary} onOpen={onOpen} />
          {summary.attempts > 0 && (
            <section aria-label={t('analytics.period.7')}>
              <h3 className="lh-subtitle">{t('analytics.period.7')}</h3>
              <Tiles summary={summary} />
            </section>
          )}
        </div>
      )}
    </Panel>
  )
}
