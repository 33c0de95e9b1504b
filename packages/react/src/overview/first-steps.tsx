'use client'
import type { AnalyticsSummary } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Pill } from '../parts/pill.tsx'
import type { OverviewTarget } from './overview-target.ts'

interface FirstStepsProps {
  summary: AnalyticsSummary
  onOpen: (target: OverviewTarget) => void
}

/** The way to the first delivery. */
export function FirstSteps({ summary, onOpen }: FirstStepsProps): ReactNode {
  const { t, can } = useLeadhooks()
  const hasWebhook = summary.webhooks.total > 0
  const steps = [
    { name: 'webhook', isDone: hasWebhook, screen: 'webhooks', isOpen: can('read:webhooks') },
    { name: 'test', isDone: false, screen: 'test', isOpen: hasWebhook && can('write:webhooks') },
    { name: 'delivery', isDone: summary.delivered > 0, screen: undefined, isOpen: false },
  ] as const
  return (
    <section aria-label={t('overview.first_steps')}>
      <h3 className="lh-subtitle">{t('overview.first_steps')}</h3>
      <ol className="lh-causes">
        {steps.map(({ name, isDone, screen, isOpen }) => (
          <li key={name} className="lh-cause">
            <div className="lh-cause-head">
              <span>
                <strong>{t(`overview.step.${name}`)}</strong>{' '}
                <Pill tone={isDone ? 'good' : 'quiet'}>{t(isDone ? 'overview.done' : 'overview.open')}</Pill>
              </span>
              {isOpen && !isDone && (
                <Button kind="primary" onClick={() => onOpen({ screen })}>
                  {t(`overview.go.${name}`)}
                </Button>
              )}
            </div>
            <p className="lh-muted">{t(`overview.step_text.${name}`)}</p>
          </li>
        ))}
      </ol>
    </section>
  )
}
