'use client'
import type { ReactNode } from 'react'
import type { DeliveryFilters } from '../deliveries/use-deliveries.ts'
import { failureName } from '../deliveries/delivery-state.tsx'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { formatPercent } from './figures.ts'
import { type AnalyticsFilters, useAnalyticsErrors } from './use-analytics.ts'

interface CausesProps {
  filters: AnalyticsFilters
  onSelect: ((filters: DeliveryFilters) => void) | undefined
}

/** Why attempts failed, the most frequent first, each with what to do about it. */
export function Causes({ filters, onSelect }: CausesProps): ReactNode {
  const { t, locale } = useLeadhooks()
  const { data: errors, error, reload } = useAnalyticsErrors(filters)
  if (errors === undefined)
    return error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />
  const { webhookId, eventType } = filters
  return (
    <section aria-label={t('analytics.causes')}>
      <div className="lh-panel-head">
        <h3 className="lh-subtitle">{t('analytics.causes')}</h3>
        {onSelect !== undefined && errors.deadLettered > 0 && (
          <Button onClick={() => onSelect({ webhookId, eventType, status: 'dead_letter' })}>
            {t('analytics.show_dead_letters', { count: errors.deadLettered })}
          </Button>
        )}
      </div>
      {errors.failures.length === 0 && <p className="lh-muted">{t('analytics.no_causes')}</p>}
      <ul className="lh-causes">
        {errors.failures.map(({ failure, statusCode, message, attempts, share, previousAttempts }) => (
          <li key={`${failure} ${statusCode}`} className="lh-cause">
            <div className="lh-cause-head">
              <strong>{statusCode ?? failureName(failure, t)}</strong>
              <span>
                {t('analytics.attempts_of', { count: attempts, share: formatPercent(share, locale) })}{' '}
                <span className="lh-muted">{t('analytics.before', { value: String(previousAttempts) })}</span>
              </span>
            </div>
            <svg className="lh-share" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
              <rect className="lh-share-part" width={Math.max(0.5, share)} height="2" />
            </svg>
            <p className="lh-muted">{message}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
