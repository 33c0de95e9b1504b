'use client'
import type { AnalyticsSummary } from '@leadhooks/client'
import type { ReactNode } from 'react'
import type { AnalyticsFilters } from '../analytics/use-analytics.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Failure } from '../parts/list-view.tsx'
import { Pill } from '../parts/pill.tsx'
import { type Concern, useConcerns } from './use-concerns.ts'
import type { OverviewTarget } from './overview-target.ts'

interface ConcernsProps {
  period: AnalyticsFilters
  summary: AnalyticsSummary
  onOpen: (target: OverviewTarget) => void
}

/** What somebody must look after, the worst first; or that there is nothing. */
export function Concerns({ period, summary, onOpen }: ConcernsProps): ReactNode {
  const { t } = useLeadhooks()
  const { concerns, error, reload } = useConcerns(period, summary)
  return (
    <section aria-label={t('analytics.attention')}>
      <h3 className="lh-subtitle">{t('analytics.attention')}</h3>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {error === undefined && concerns?.length === 0 && (
        <p className="lh-note lh-note-good" role="status">
          {t('overview.nothing')}
        </p>
      )}
      <ul className="lh-causes">
        {concerns?.map((concern) => (
          <ConcernItem key={concern.id} concern={concern} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  )
}

function ConcernItem({ concern, onOpen }: { concern: Concern } & Pick<ConcernsProps, 'onOpen'>): ReactNode {
  const { tone, state, title, text, action, target } = concern
  return (
    <li className="lh-cause">
      <div className="lh-cause-head">
        <span>
          <strong>{title}</strong> <Pill tone={tone}>{state}</Pill>
        </span>
        <Button aria-label={`${action}: ${title}`} onClick={() => onOpen(target)}>
          {action}
        </Button>
      </div>
      <p className="lh-muted">{text}</p>
    </li>
  )
}
