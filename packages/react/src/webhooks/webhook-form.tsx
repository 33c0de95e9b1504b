'use client'
import type { ApiError, NewWebhook, Webhook } from '@leadhooks/client'
import { type FormEvent, Fragment, type ReactNode, useId, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Select } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { issueAt, ProblemNote } from '../parts/problem-note.tsx'
import { EventPicker } from './event-picker.tsx'
import { urlDoubt } from './url-check.ts'
import { useWebhookChoice } from './use-webhooks.ts'
import { draftOf, type RetryChoice, toInput, type WebhookDraft } from './webhook-draft.ts'

interface WebhookFormProps {
  /** The one that is changed; undefined for a new one. */
  webhook?: Webhook | undefined
  isBusy: boolean
  error: ApiError | undefined
  onSubmit: (webhook: NewWebhook) => void
  onClose: () => void
}

export function WebhookForm({ webhook, isBusy, error, onSubmit, onClose }: WebhookFormProps): ReactNode {
  const { t } = useLeadhooks()
  const formId = useId()
  const [draft, setDraft] = useState(() => draftOf(webhook))
  const [isLeaving, setIsLeaving] = useState(false)
  const set = (change: Partial<WebhookDraft>): void => setDraft({ ...draft, ...change })
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOf(webhook))

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!isBusy) onSubmit(toInput(draft))
  }

  // By their keys: a button that is pressed must not become the one that submits.
  const footer = isLeaving ? (
    <Fragment key="leaving">
      <p className="lh-foot-question" role="alert">
        {t('unsaved')}
      </p>
      <Button onClick={() => setIsLeaving(false)}>{t('unsaved.stay')}</Button>
      <Button kind="danger" onClick={onClose}>
        {t('unsaved.leave')}
      </Button>
    </Fragment>
  ) : (
    <Fragment key="editing">
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button kind="primary" type="submit" form={formId} isBusy={isBusy}>
        {webhook === undefined ? t('webhooks.create') : t('save')}
      </Button>
    </Fragment>
  )
  return (
    <Dialog
      title={webhook === undefined ? t('webhooks.create') : t('webhooks.edit')}
      onClose={isChanged ? () => setIsLeaving(true) : onClose}
      footer={footer}
    >
      <form id={formId} className="lh-form" onSubmit={submit}>
        <ProblemNote error={error} />
        <UrlField draft={draft} set={set} error={error} own={webhook?.url} />
        <Field label={t('webhooks.name')} hint={t('webhooks.name_hint')} error={issueAt(error, 'name')}>
          {(control) => (
            <input
              {...control}
              className="lh-input"
              maxLength={200}
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <EventPicker
          value={draft.eventTypes}
          onChange={(eventTypes) => set({ eventTypes })}
          isAll={draft.isAll}
          onAll={(isAll) => set({ isAll })}
        />
        <details className="lh-more">
          <summary>{t('more_settings')}</summary>
          <MoreFields draft={draft} set={set} error={error} headerNames={webhook?.headerNames ?? []} />
        </details>
      </form>
    </Dialog>
  )
}

interface FieldsProps {
  draft: WebhookDraft
  set: (change: Partial<WebhookDraft>) => void
  error: ApiError | undefined
}

function UrlField({ draft, set, error, own }: FieldsProps & { own: string | undefined }): ReactNode {
  const { t } = useLeadhooks()
  const others = useWebhookChoice().data?.data ?? []
  const doubt = urlDoubt(
    draft.url,
    others.map(({ url }) => url).filter((url) => url !== own),
  )
  const refused = issueAt(error, 'url') ?? (error?.code === 'url_not_allowed' ? error.message : undefined)
  return (
    <Field
      label={t('webhooks.url')}
      hint={doubt === undefined ? t('webhooks.url_hint') : t(doubt)}
      isDoubt={doubt !== undefined}
      error={refused}
    >
      {(control) => (
        <input
          {...control}
          className="lh-input"
          type="url"
          required
          placeholder="https://example.com/webhooks"
          value={draft.url}
          onChange={(event) => set({ url: event.target.value })}
        />
      )}
    </Field>
  )
}

function MoreFields({ draft, set, error, headerNames }: FieldsProps & { headerNames: string[] }): ReactNode {
  const { t } = useLeadhooks()
  const retries = ['standard', 'patient', 'exponential', 'stepped', 'own'] as const
  // An own rule is none that could be chosen: it is there where it is so already.
  const offered = retries.filter((retry) => retry !== 'own' || draft.retry === 'own')
  return (
    <div className="lh-form">
      <Field label={t('webhooks.description')} error={issueAt(error, 'description')}>
        {(control) => (
          <textarea
            {...control}
            className="lh-input"
            rows={2}
            value={draft.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        )}
      </Field>
      <Field
        label={t('webhooks.headers')}
        hint={
          headerNames.length === 0
            ? t('webhooks.headers_hint')
            : t('webhooks.headers_set', { names: headerNames.join(', ') })
        }
        error={issueAt(error, 'headers')}
      >
        {(control) => (
          <textarea
            {...control}
            className="lh-input lh-mono"
            rows={3}
            value={draft.headers}
            onChange={(event) => set({ headers: event.target.value })}
          />
        )}
      </Field>
      <Select<RetryChoice>
        label={t('webhooks.retry')}
        value={draft.retry}
        onChange={(retry) => set({ retry })}
        options={offered.map((value) => ({ value, label: t(`webhooks.retry.${value}`) }))}
      />
      <p className="lh-hint">{t(`webhooks.retry_hint.${draft.retry}`)}</p>
      <Field
        label={t('webhooks.timeout')}
        hint={t('webhooks.timeout_hint')}
        error={issueAt(error, 'timeoutMs')}
      >
        {(control) => (
          <input
            {...control}
            className="lh-input"
            type="number"
            min={1}
            max={120}
            value={draft.timeoutSeconds}
            onChange={(event) => set({ timeoutSeconds: event.target.value })}
          />
        )}
      </Field>
      <BatchFields draft={draft} set={set} error={error} />
    </div>
  )
}

function BatchFields({ draft, set, error }: FieldsProps): ReactNode {
  const { t } = useLeadhooks()
  return (
    <>
      <Field
        label={t('webhooks.batch_events')}
        hint={t('webhooks.batch_events_hint')}
        error={issueAt(error, 'batch/maxEvents')}
      >
        {(control) => (
          <input
            {...control}
            className="lh-input"
            type="number"
            min={2}
            max={1000}
            value={draft.batchEvents}
            onChange={(event) => set({ batchEvents: event.target.value })}
          />
        )}
      </Field>
      {draft.batchEvents !== '' && (
        <Field
          label={t('webhooks.batch_seconds')}
          hint={t('webhooks.batch_seconds_hint')}
          error={issueAt(error, 'batch/maxWaitMs')}
        >
          {(control) => (
            <input
              {...control}
              className="lh-input"
              type="number"
              required
              min={0.1}
              max={300}
              step="any"
              value={draft.batchSeconds}
              onChange={(event) => set({ batchSeconds: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
