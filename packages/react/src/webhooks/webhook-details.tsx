'use client'
import type { Webhook } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { WebhookLogViewer } from '../deliveries/webhook-log-viewer.tsx'
import { useLeadhooks } from '../leadhooks-context.ts'
import type { Translate } from '../messages/translate.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useWebhook, useWebhookHealth } from './use-webhooks.ts'
import { describeEvents, nameOf, stateOf, WebhookPill } from './webhook-state.tsx'
import { WebhookTestUtility } from './webhook-test-utility.tsx'

export type WebhookStep = 'edit' | 'rotate' | 'reveal' | 'delete' | 'enable' | 'disable'

interface WebhookDetailsProps {
  webhook: Webhook
  onStep: (step: WebhookStep, webhook: Webhook) => void
  onClose: () => void
}

/** All about one webhook: how it is set and fares, what went to it, and a way to try it. */
export function WebhookDetails({ webhook: listed, onStep, onClose }: WebhookDetailsProps): ReactNode {
  const { t } = useLeadhooks()
  const { data: webhook = listed } = useWebhook(listed.id)
  const tabs = [
    {
      id: 'overview',
      label: t('webhooks.overview'),
      content: <Overview webhook={webhook} onStep={(step) => onStep(step, webhook)} />,
    },
    { id: 'deliveries', label: t('deliveries.title'), content: <WebhookLogViewer webhookId={webhook.id} /> },
    { id: 'test', label: t('test.title'), content: <WebhookTestUtility webhookId={webhook.id} /> },
  ]
  return (
    <Dialog title={nameOf(webhook)} isWide onClose={onClose}>
      <Tabs label={nameOf(webhook)} tabs={tabs} />
    </Dialog>
  )
}

interface OverviewProps {
  webhook: Webhook
  onStep: (step: WebhookStep) => void
}

function Overview({ webhook, onStep }: OverviewProps): ReactNode {
  const { t, can } = useLeadhooks()
  return (
    <div className="lh-form">
      <Trouble webhook={webhook} onStep={onStep} />
      <Facts
        facts={[
          [t('webhooks.state'), <WebhookPill key="state" webhook={webhook} />],
          [t('webhooks.url'), <code key="url">{webhook.url}</code>],
          [t('webhooks.description'), webhook.description],
          [t('webhooks.events'), describeEvents(webhook.eventTypes, t)],
          [t('webhooks.headers'), webhook.headerNames.length === 0 ? null : webhook.headerNames.join(', ')],
          [
            t('webhooks.retry'),
            typeof webhook.retry === 'string' ? t(`webhooks.retry.${webhook.retry}`) : null,
          ],
          [t('webhooks.batch'), batchOf(webhook, t)],
          [
            t('webhooks.secret_age'),
            <Moment key="secret" at={webhook.secretRotatedAt ?? webhook.createdAt} />,
          ],
          [t('webhooks.grace_ends'), graceOf(webhook)],
          [t('webhooks.created'), <Moment key="created" at={webhook.createdAt} />],
          [t('webhooks.id'), <code key="id">{webhook.id}</code>],
        ]}
      />
      <div className="lh-actions">
        {can('write:webhooks') && (
          <>
            <Button kind="primary" onClick={() => onStep('edit')}>
              {t('edit')}
            </Button>
            {webhook.enabled && <Button onClick={() => onStep('disable')}>{t('webhooks.disable')}</Button>}
            <Button onClick={() => onStep('rotate')}>{t('webhooks.rotate')}</Button>
          </>
        )}
        {can('read:secrets') && <Button onClick={() => onStep('reveal')}>{t('webhooks.reveal')}</Button>}
        {can('delete:webhooks') && <Button onClick={() => onStep('delete')}>{t('delete')}</Button>}
      </div>
    </div>
  )
}

function batchOf({ batch }: Webhook, t: Translate): string | null {
  if (batch === null) return null
  return t('webhooks.batch_of', { events: batch.maxEvents, seconds: batch.maxWaitMs / 1000 })
}

function graceOf({ previousSecretEndsAt }: Webhook): ReactNode {
  const isOn = previousSecretEndsAt !== null && Date.parse(previousSecretEndsAt) > Date.now()
  return isOn ? <Moment at={previousSecretEndsAt} /> : null
}

/** Why its deliveries do not go, and what to do about it. */
function Trouble({ webhook, onStep }: OverviewProps): ReactNode {
  const { t, can } = useLeadhooks()
  const { data: health, error, reload } = useWebhookHealth(webhook.id)
  const state = stateOf(webhook)
  if (health === undefined)
    return error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />
  const { consecutiveFailures: count, failingSince } = health
  if (state === 'active' && count === 0) return null
  const isOff = !webhook.enabled
  const tone = state === 'by_user' ? 'info' : isOff || state === 'circuit' ? 'bad' : 'warn'
  return (
    <div className={`lh-note lh-note-${tone}`}>
      <p>
        {state !== 'active' && t(`webhooks.why.${state}`)} {count > 0 && t('webhooks.failures', { count })}{' '}
        {failingSince !== null && (
          <>
            {t('webhooks.failing_since')} <Moment at={failingSince} />.
          </>
        )}{' '}
        {webhook.enabled && webhook.waitsUntil !== null && (
          <>
            {t('webhooks.waits_until')} <Moment at={webhook.waitsUntil} />.
          </>
        )}
      </p>
      {isOff && can('write:webhooks') && (
        <Button onClick={() => onStep('enable')}>{t('webhooks.enable')}</Button>
      )}
    </div>
  )
}
