'use client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { Blank, Failure, Skeleton } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { Pill } from '../parts/pill.tsx'
import { useWebhookChoice } from '../webhooks/use-webhooks.ts'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { DeliveryDetails } from './delivery-details.tsx'
import { explainDelivery, lastResult } from './delivery-state.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { type CauseGroup, useDeadLetters, type WebhookGroup } from './use-dead-letters.ts'
import type { DeliveryFilters } from './use-deliveries.ts'

export interface DeadLettersProps extends ComponentProps {
  /** Called with the filters of a log, for all of a webhook. @default they cannot be shown */
  onSelect?: ((filters: DeliveryFilters) => void) | undefined
}

/** What failed for good, by webhook and cause: look at one of them, put it right, then replay them all. */
export function DeadLetters({ onSelect, ...props }: DeadLettersProps): ReactNode {
  return (
    <Frame {...props}>
      <Groups onSelect={onSelect} />
    </Frame>
  )
}

function Groups({ onSelect }: Pick<DeadLettersProps, 'onSelect'>): ReactNode {
  const { t } = useLeadhooks()
  const { data: found, error, reload } = useDeadLetters()
  const [replayed, setReplayed] = useState<DeliveryFilters | undefined>(undefined)
  const [opened, setOpened] = useState<string | undefined>(undefined)
  return (
    <Panel title={t('dead_letters.title')} text={t('dead_letters.text')}>
      {found === undefined && error === undefined && <Skeleton />}
      {found === undefined && error !== undefined && <Failure error={error} retry={reload} />}
      {found?.count === 0 && <Blank title={t('dead_letters.empty')} text={t('dead_letters.empty_text')} />}
      {found?.hasMore && (
        <p className="lh-note lh-note-info">{t('dead_letters.newest', { count: found.count })}</p>
      )}
      {found?.webhooks.map((group) => (
        <WebhookSection
          key={group.webhookId}
          group={group}
          onOpen={setOpened}
          onReplay={() => setReplayed({ webhookId: group.webhookId, status: 'dead_letter' })}
          onSelect={onSelect}
        />
      ))}
      {replayed !== undefined && <ReplayDialog filters={replayed} onClose={() => setReplayed(undefined)} />}
      {opened !== undefined && (
        <DeliveryDetails id={opened} onOpen={setOpened} onClose={() => setOpened(undefined)} />
      )}
    </Panel>
  )
}

interface WebhookSectionProps extends Pick<DeadLettersProps, 'onSelect'> {
  group: WebhookGroup
  onOpen: (id: string) => void
  onReplay: () => void
}

function WebhookSection({ group, onOpen, onReplay, onSelect }: WebhookSectionProps): ReactNode {
  const { t, can } = useLeadhooks()
  const { webhookId, count, causes } = group
  const webhook = useWebhookChoice().data?.data.find(({ id }) => id === webhookId)
  const name = webhook === undefined ? webhookId : nameOf(webhook)
  return (
    <section className="lh-form" aria-label={name}>
      <div className="lh-panel-head">
        <h3 className="lh-subtitle">
          {name} <Pill tone="bad">{t('dead_letters.count', { count })}</Pill>
        </h3>
        <div className="lh-actions">
          {onSelect !== undefined && (
            <Button
              aria-label={t('analytics.show_named', { name })}
              onClick={() => onSelect({ webhookId, status: 'dead_letter' })}
            >
              {t('analytics.show')}
            </Button>
          )}
          {can('write:deliveries') && (
            <Button aria-label={`${t('deliveries.replay')}: ${name}`} onClick={onReplay}>
              {t('deliveries.replay')}
            </Button>
          )}
        </div>
      </div>
      <ul className="lh-causes">
        {causes.map((cause) => (
          <CauseItem key={cause.key} cause={cause} share={cause.count / count} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  )
}

interface CauseItemProps {
  cause: CauseGroup
  /** Of those of the webhook: from 0 to 1. */
  share: number
  onOpen: (id: string) => void
}

function CauseItem({ cause, share, onOpen }: CauseItemProps): ReactNode {
  const { t } = useLeadhooks()
  const { count, newest } = cause
  const result = lastResult(newest, t)
  return (
    <li className="lh-cause">
      <div className="lh-cause-head">
        <span>
          <strong>{result || t('deliveries.status.dead_letter')}</strong>
          {' · '}
          <span className="lh-muted">{t('dead_letters.count', { count })}</span>
        </span>
        <Button
          kind="quiet"
          aria-label={t('dead_letters.open_named', { name: result })}
          onClick={() => onOpen(newest.id)}
        >
          {t('dead_letters.open')}
        </Button>
      </div>
      <svg className="lh-share" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
        <rect className="lh-share-part" width={Math.max(0.5, share * 100)} height="2" />
      </svg>
      <p className="lh-muted">
        {explainDelivery(newest, [], t)} {t('dead_letters.last')}{' '}
        <Moment at={newest.finishedAt ?? newest.createdAt} />
      </p>
    </li>
  )
}
