'use client'
import type { ApiError, ApiKey, NewApiKey } from '@leadhooks/client'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Choice, Select } from '../parts/choice.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { issueAt, ProblemNote } from '../parts/problem-note.tsx'

type Access = 'admin' | 'read_write' | 'read_only' | 'custom'
type Expiry = 'keep' | 'never' | '30' | '90' | '365'

interface Draft {
  name: string
  description: string
  environment: 'live' | 'test'
  access: Access
  permissions: string
  expiry: Expiry
  allowedIps: string
  perMinute: string
}

interface ApiKeyFormProps {
  /** The key that is changed; undefined for a new one. */
  apiKey?: ApiKey | undefined
  isBusy: boolean
  error: ApiError | undefined
  onSubmit: (key: NewApiKey) => void
  onClose: () => void
}

export function ApiKeyForm({ apiKey, isBusy, error, onSubmit, onClose }: ApiKeyFormProps): ReactNode {
  const { t } = useLeadhooks()
  const formId = useId()
  const [draft, setDraft] = useState(() => draftOf(apiKey))
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!isBusy) onSubmit(toInput(draft, apiKey))
  }

  const footer = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button kind="primary" type="submit" form={formId} isBusy={isBusy}>
        {apiKey === undefined ? t('keys.create') : t('save')}
      </Button>
    </>
  )
  return (
    <Dialog
      title={apiKey === undefined ? t('keys.create') : t('keys.edit')}
      onClose={onClose}
      footer={footer}
    >
      <form id={formId} className="lh-form" onSubmit={submit}>
        <ProblemNote error={error} />
        <Field label={t('keys.name')} hint={t('keys.name_hint')} error={issueAt(error, 'name')}>
          {(control) => (
            <input
              {...control}
              className="lh-input"
              required
              maxLength={200}
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        {apiKey === undefined && (
          <Choice
            label={t('keys.environment')}
            value={draft.environment}
            onChange={(environment) => set({ environment })}
            options={[
              { value: 'live', label: t('keys.live'), hint: t('keys.live_hint') },
              { value: 'test', label: t('keys.test'), hint: t('keys.test_hint') },
            ]}
          />
        )}
        <Choice
          label={t('keys.access')}
          value={draft.access}
          onChange={(access) => set({ access })}
          options={[
            { value: 'read_only', label: t('keys.access.read_only'), hint: t('keys.role.read_only') },
            { value: 'read_write', label: t('keys.access.read_write'), hint: t('keys.role.read_write') },
            { value: 'admin', label: t('keys.access.admin'), hint: t('keys.role.admin') },
            { value: 'custom', label: t('keys.access.custom') },
          ]}
        />
        {draft.access === 'custom' && (
          <Field
            label={t('keys.permissions')}
            hint={t('keys.permissions_hint')}
            error={issueAt(error, 'permissions')}
          >
            {(control) => (
              <textarea
                {...control}
                className="lh-input lh-mono"
                required
                rows={3}
                value={draft.permissions}
                onChange={(event) => set({ permissions: event.target.value })}
              />
            )}
          </Field>
        )}
        <Select
          label={t('keys.expiry')}
          value={draft.expiry}
          onChange={(expiry) => set({ expiry })}
          options={[
            ...(apiKey === undefined ? [] : [{ value: 'keep' as const, label: t('keys.expiry.keep') }]),
            { value: 'never', label: t('keys.expiry.never') },
            ...(['30', '90', '365'] as const).map((value) => ({
              value,
              label: t('keys.expiry.days', { count: Number(value) }),
            })),
          ]}
        />
        <details className="lh-more">
          <summary>{t('more_settings')}</summary>
          <MoreFields draft={draft} set={set} error={error} />
        </details>
      </form>
    </Dialog>
  )
}

interface MoreFieldsProps {
  draft: Draft
  set: (change: Partial<Draft>) => void
  error: ApiError | undefined
}

function MoreFields({ draft, set, error }: MoreFieldsProps): ReactNode {
  const { t } = useLeadhooks()
  return (
    <div className="lh-form">
      <Field label={t('keys.description')} error={issueAt(error, 'description')}>
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
      <Field label={t('keys.ips')} hint={t('keys.ips_hint')} error={issueAt(error, 'allowedIps')}>
        {(control) => (
          <textarea
            {...control}
            className="lh-input lh-mono"
            rows={3}
            value={draft.allowedIps}
            onChange={(event) => set({ allowedIps: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('keys.limit')} hint={t('keys.limit_hint')} error={issueAt(error, 'rateLimits')}>
        {(control) => (
          <input
            {...control}
            className="lh-input"
            type="number"
            min={1}
            value={draft.perMinute}
            onChange={(event) => set({ perMinute: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}

const limitName = 'per-minute'
const minuteMs = 60_000

function draftOf(key: ApiKey | undefined): Draft {
  const ownLimit = key?.rateLimits?.find(({ windowMs }) => windowMs === minuteMs)
  return {
    name: key?.name ?? '',
    description: key?.description ?? '',
    environment: key?.environment ?? 'live',
    access: key === undefined ? 'read_write' : (key.role ?? 'custom'),
    permissions: key?.permissions.join('\n') ?? '',
    expiry: key === undefined ? 'never' : 'keep',
    allowedIps: key?.allowedIps.join('\n') ?? '',
    perMinute: ownLimit === undefined ? '' : String(ownLimit.limit),
  }
}

/** Of a key that is changed, limits of other windows stay as they are. */
function toInput(draft: Draft, key: ApiKey | undefined): NewApiKey {
  const { name, environment, access, expiry, perMinute } = draft
  const others = (key?.rateLimits ?? []).filter(({ windowMs }) => windowMs !== minuteMs)
  const own = perMinute === '' ? [] : [{ name: limitName, limit: Number(perMinute), windowMs: minuteMs }]
  const rateLimits = [...others, ...own]
  return {
    name,
    description: draft.description.trim() || null,
    ...(key === undefined && { environment }),
    ...(access === 'custom' ? { permissions: wordsOf(draft.permissions) } : { role: access }),
    ...(expiry !== 'keep' && { expiresAt: expiry === 'never' ? null : inDays(Number(expiry)) }),
    allowedIps: wordsOf(draft.allowedIps),
    rateLimits: rateLimits.length === 0 ? null : rateLimits,
  }
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString()
}
