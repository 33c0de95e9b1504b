'use client'
import type { ReplayRequest } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Select } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Failure, Skeleton } from '../parts/list-view.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { type DeliveryFilters, useBulkReplay, useBulkReplayActions, useReplayMany } from './use-deliveries.ts'

const statuses = ['dead_letter', 'cancelled', 'delivered'] as const
const spans = { hour: 1, day: 24, week: 168, all: Infinity }
type Span = keyof typeof spans

/** So many are not replayed by a slip of the hand. */
const manyAre = 1000

interface ReplayDialogProps {
  filters: DeliveryFilters
  onClose: () => void
}

/** Replays many deliveries: first it counts them, then it starts, then it shows how far it has come. */
export function ReplayDialog({ filters, onClose }: ReplayDialogProps): ReactNode {
  const { t } = useLeadhooks()
  const replay = useReplayMany()
  const [status, setStatus] = useState<(typeof statuses)[number]>('dead_letter')
  const [span, setSpan] = useState<Span>('day')
  const [counted, setCounted] = useState<{ request: ReplayRequest; total: number } | undefined>(undefined)
  const [typed, setTyped] = useState('')
  const [started, setStarted] = useState<string | undefined>(undefined)

  async function count(): Promise<void> {
    const { webhookId, eventType } = filters
    const since = new Date(Date.now() - spans[span] * 3_600_000)
    const request: ReplayRequest = {
      status,
      ...(webhookId !== undefined && { webhookId }),
      ...(eventType !== undefined && { eventType }),
      ...(span !== 'all' && { since: since.toISOString() }),
    }
    const answer = await replay.run({ ...request, dryRun: true })
    if (answer !== undefined) setCounted({ request, total: answer.total })
  }

  async function start({ request }: { request: ReplayRequest }): Promise<void> {
    const answer = await replay.run(request)
    setStarted(answer?.replay?.id)
  }

  if (started !== undefined) return <Progress id={started} onClose={onClose} />
  const isSure = counted !== undefined && (counted.total <= manyAre || typed === String(counted.total))
  const footer = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      {counted === undefined ? (
        <Button kind="primary" isBusy={replay.isRunning} onClick={() => void count()}>
          {t('replays.count')}
        </Button>
      ) : (
        <Button
          kind="primary"
          isBusy={replay.isRunning}
          disabled={counted.total === 0 || !isSure}
          onClick={() => void start(counted)}
        >
          {t('replays.start')}
        </Button>
      )}
    </>
  )
  return (
    <Dialog title={t('replays.title')} onClose={onClose} footer={footer}>
      <ProblemNote error={replay.error} />
      <p>{t('replays.text')}</p>
      <Select
        label={t('replays.status')}
        value={status}
        onChange={(value) => {
          setStatus(value)
          setCounted(undefined)
        }}
        options={statuses.map((value) => ({ value, label: t(`deliveries.status.${value}`) }))}
      />
      <Select
        label={t('replays.span')}
        value={span}
        onChange={(value) => {
          setSpan(value)
          setCounted(undefined)
        }}
        options={(['hour', 'day', 'week', 'all'] as const).map((value) => ({
          value,
          label: t(`replays.span.${value}`),
        }))}
      />
      {counted !== undefined && (
        <p className="lh-note lh-note-info" role="status">
          {t('replays.counted', { count: counted.total })}
        </p>
      )}
      {counted !== undefined && counted.total > manyAre && (
        <Field label={t('confirm.type', { name: String(counted.total) })}>
          {(control) => (
            <input
              {...control}
              className="lh-input"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
    </Dialog>
  )
}

function Progress({ id, onClose }: { id: string; onClose: () => void }): ReactNode {
  const { t } = useLeadhooks()
  const { data: replay, error, reload } = useBulkReplay(id)
  const { pause, resume, cancel } = useBulkReplayActions()
  const isOpen = replay?.state === 'running' || replay?.state === 'paused'
  const footer = (
    <>
      {isOpen && <Button onClick={() => void cancel.run(id)}>{t('replays.cancel')}</Button>}
      {replay?.state === 'running' && (
        <Button onClick={() => void pause.run(id)}>{t('replays.pause')}</Button>
      )}
      {replay?.state === 'paused' && (
        <Button onClick={() => void resume.run(id)}>{t('replays.resume')}</Button>
      )}
      <Button kind="primary" onClick={onClose}>
        {t('close')}
      </Button>
    </>
  )
  return (
    <Dialog title={t('replays.title')} onClose={onClose} footer={footer}>
      <ProblemNote error={pause.error ?? resume.error ?? cancel.error} />
      {replay === undefined && error === undefined && <Skeleton />}
      {replay === undefined && error !== undefined && <Failure error={error} retry={reload} />}
      {replay !== undefined && (
        <>
          <p role="status">
            {t(`replays.state.${replay.state}`)}{' '}
            {t('replays.progress', { done: replay.replayed, count: replay.total })}{' '}
            {replay.skipped > 0 && t('replays.skipped', { count: replay.skipped })}
          </p>
          <progress
            className="lh-progress"
            aria-label={t('replays.title')}
            value={replay.replayed + replay.skipped}
            max={Math.max(1, replay.total)}
          />
        </>
      )}
    </Dialog>
  )
}
