'use client'
import type { Attempt, Delivery, DeliveryWithAttempts } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { CodeBlock } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { Pill, type Tone } from '../parts/pill.tsx'
import { pretty } from '../parts/pretty.ts'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useWebhook } from '../webhooks/use-webhooks.ts'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { toCurl } from './curl.ts'
import { DeliveryPill, explainDelivery, failureName } from './delivery-state.tsx'
import { useDelivery, useDeliveryActions, useDeliveryBody } from './use-deliveries.ts'

interface DeliveryDetailsProps {
  id: string
  /** Goes on to another delivery: the one that this repeats, or that repeats it. */
  onOpen: (id: string) => void
  onClose: () => void
}

/** What happened to a delivery, why, and what can be done about it. */
export function DeliveryDetails({ id, onOpen, onClose }: DeliveryDetailsProps): ReactNode {
  const { t } = useLeadhooks()
  const { data: delivery, error, reload, isPrevious } = useDelivery(id)
  if (delivery === undefined || isPrevious) {
    return (
      <Dialog title={t('deliveries.one')} isWide onClose={onClose}>
        {error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />}
      </Dialog>
    )
  }
  return <Details delivery={delivery} onOpen={onOpen} onClose={onClose} />
}

interface DetailsProps extends Omit<DeliveryDetailsProps, 'id'> {
  delivery: DeliveryWithAttempts
}

function Details({ delivery, onOpen, onClose }: DetailsProps): ReactNode {
  const { t } = useLeadhooks()
  const actions = useDeliveryActions()
  const why = explainDelivery(delivery, delivery.attemptLog, t)
  const error = Object.values(actions).find((action) => action.error !== undefined)?.error

  async function replay(): Promise<void> {
    const made = await actions.replay.run(delivery.id)
    if (made !== undefined) onOpen(made.id)
  }

  const footer = <Actions delivery={delivery} actions={actions} onReplay={() => void replay()} />
  return (
    <Dialog title={delivery.eventType} isWide onClose={onClose} footer={footer}>
      <ProblemNote error={error} />
      {why !== undefined && (
        <p className={`lh-note ${delivery.status === 'dead_letter' ? 'lh-note-bad' : 'lh-note-warn'}`}>
          {why}
        </p>
      )}
      <DeliveryFacts delivery={delivery} onOpen={onOpen} />
      <h4 className="lh-subtitle">{t('deliveries.attempts')}</h4>
      {delivery.attemptLog.length === 0 ? (
        <p className="lh-muted">{t('deliveries.no_attempts')}</p>
      ) : (
        <ol className="lh-attempts">
          {delivery.attemptLog.map((attempt) => (
            <AttemptItem key={attempt.number} attempt={attempt} />
          ))}
        </ol>
      )}
      <h4 className="lh-subtitle">{t('deliveries.payload')}</h4>
      <Payload delivery={delivery} />
    </Dialog>
  )
}

function DeliveryFacts({ delivery, onOpen }: Pick<DetailsProps, 'delivery' | 'onOpen'>): ReactNode {
  const { t } = useLeadhooks()
  const { data: webhook } = useWebhook(delivery.webhookId)
  const { replayOf, replayDepth } = delivery
  return (
    <Facts
      facts={[
        [t('deliveries.status'), <DeliveryPill key="status" delivery={delivery} />],
        [t('webhooks.one'), webhook === undefined ? delivery.webhookId : nameOf(webhook)],
        [t('webhooks.url'), webhook === undefined ? null : <code>{webhook.url}</code>],
        [t('deliveries.created'), <Moment key="created" at={delivery.createdAt} />],
        [t('deliveries.next'), delivery.nextAttemptAt && <Moment at={delivery.nextAttemptAt} />],
        [t('deliveries.finished'), delivery.finishedAt && <Moment at={delivery.finishedAt} />],
        [t('deliveries.resolved'), delivery.resolvedAt && <Moment at={delivery.resolvedAt} />],
        [
          t('deliveries.replay_of'),
          replayOf && (
            <button type="button" className="lh-link" onClick={() => onOpen(replayOf)}>
              {replayOf}
            </button>
          ),
        ],
        [t('deliveries.replay_depth'), replayDepth > 1 ? String(replayDepth) : null],
        [t('deliveries.event_id'), <code key="event">{delivery.eventId}</code>],
        [t('deliveries.id'), <code key="id">{delivery.id}</code>],
      ]}
    />
  )
}

const outcomes: Record<Attempt['outcome'], Tone> = {
  succeeded: 'good',
  failed: 'bad',
  lost: 'warn',
  superseded: 'quiet',
}

function AttemptItem({ attempt }: { attempt: Attempt }): ReactNode {
  const { t, locale } = useLeadhooks()
  const { number, outcome, statusCode, failure, durationMs, message, responseBody, batch } = attempt
  const ms = durationMs === null ? '' : `${new Intl.NumberFormat(locale).format(Math.round(durationMs))} ms`
  const result = statusCode ?? (failure === null ? '' : failureName(failure, t))
  return (
    <li className="lh-attempt">
      <div className="lh-attempt-head">
        <span className="lh-attempt-number">{number}</span>
        <Pill tone={outcomes[outcome]}>{t(`deliveries.outcome.${outcome}`)}</Pill>
        <strong>{result}</strong>
        <span className="lh-muted">{ms}</span>
        <span className="lh-muted">
          <Moment at={attempt.startedAt} />
        </span>
      </div>
      {message !== null && <p>{message}</p>}
      {batch !== null && (
        <p className="lh-muted">
          {t('deliveries.batch', { count: batch.size })} <code>{batch.id}</code>
        </p>
      )}
      {responseBody !== null && responseBody !== '' && (
        <details className="lh-more">
          <summary>{t('deliveries.response')}</summary>
          <CodeBlock label={t('deliveries.response')} code={responseBody} />
        </details>
      )}
    </li>
  )
}

function Payload({ delivery }: { delivery: Delivery }): ReactNode {
  const { t } = useLeadhooks()
  const { data: sent, error, reload } = useDeliveryBody(delivery.id)
  const { data: webhook } = useWebhook(delivery.webhookId)
  if (sent === undefined) return error === undefined ? <Skeleton /> : <Failure error={error} retry={reload} />
  const { body } = sent
  if (body === null) return <p className="lh-muted">{t('deliveries.no_body')}</p>
  return (
    <>
      <CodeBlock label={sent.contentType ?? t('deliveries.body')} code={pretty(body)} />
      {webhook !== undefined && (
        <details className="lh-more">
          <summary>{t('deliveries.curl')}</summary>
          <CodeBlock label="cURL" code={toCurl(webhook.url, delivery.eventId, { ...sent, body })} />
        </details>
      )}
    </>
  )
}

interface ActionsProps {
  delivery: Delivery
  actions: ReturnType<typeof useDeliveryActions>
  onReplay: () => void
}

function Actions({ delivery, actions, onReplay }: ActionsProps): ReactNode {
  const { t, can } = useLeadhooks()
  const { id, status, resolvedAt } = delivery
  if (!can('write:deliveries')) return null
  if (status === 'pending' || status === 'retrying') {
    return (
      <>
        <Button isBusy={actions.cancel.isRunning} onClick={() => void actions.cancel.run(id)}>
          {t('deliveries.cancel')}
        </Button>
        <Button kind="primary" isBusy={actions.retry.isRunning} onClick={() => void actions.retry.run(id)}>
          {t('deliveries.retry')}
        </Button>
      </>
    )
  }
  return (
    <>
      {status === 'dead_letter' && resolvedAt === null && (
        <Button isBusy={actions.resolve.isRunning} onClick={() => void actions.resolve.run(id)}>
          {t('deliveries.resolve')}
        </Button>
      )}
      <Button kind="primary" isBusy={actions.replay.isRunning} onClick={onReplay}>
        {t('deliveries.replay')}
      </Button>
    </>
  )
}
