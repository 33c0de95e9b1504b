'use client'
import type { ApiKey, NewApiKey } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Select } from '../parts/choice.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { type Column, ListView } from '../parts/list-view.tsx'
import { Moment, relativeTime } from '../parts/moment.tsx'
import { Pill } from '../parts/pill.tsx'
import { RotateDialog } from '../parts/rotate-dialog.tsx'
import { SecretDialog } from '../parts/secret-dialog.tsx'
import { ApiKeyDetails } from './api-key-details.tsx'
import { ApiKeyForm } from './api-key-form.tsx'
import { ApiKeyPill, nameAccess, stateOf } from './api-key-state.tsx'
import { keySnippets } from './key-snippets.ts'
import { type ApiKeyActions, type ApiKeyFilters, useApiKeyActions, useApiKeys } from './use-api-keys.ts'

/** API keys: make, look at, change, rotate and revoke them. */
export function ApiKeyManager(props: ComponentProps): ReactNode {
  return (
    <Frame {...props}>
      <ApiKeys />
    </Frame>
  )
}

type Show = 'working' | 'unused' | 'expiring' | 'revoked'

const filters: Record<Show, ApiKeyFilters> = {
  working: { revoked: false },
  unused: { revoked: false, unusedForDays: 90 },
  expiring: { revoked: false, expiresWithinDays: 30 },
  revoked: { revoked: true },
}

type Open =
  | { dialog: 'create' }
  | { dialog: 'details' | 'edit' | 'rotate' | 'revoke'; key: ApiKey }
  | { dialog: 'token'; token: string; name: string }

function ApiKeys(): ReactNode {
  const { t, can } = useLeadhooks()
  const [show, setShow] = useState<Show>('working')
  const [open, setOpen] = useState<Open | undefined>(undefined)
  const pages = useApiKeys({ ...filters[show], limit: 20 })
  const actions = useApiKeyActions()
  const create = can('write:api-keys') && (
    <Button kind="primary" onClick={() => setOpen({ dialog: 'create' })}>
      {t('keys.create')}
    </Button>
  )

  return (
    <Panel title={t('keys.title')} text={t('keys.text')} actions={create}>
      <div className="lh-toolbar">
        <Select
          label={t('keys.show')}
          isLabelHidden
          value={show}
          onChange={setShow}
          options={(['working', 'unused', 'expiring', 'revoked'] as const).map((value) => ({
            value,
            label: t(`keys.show.${value}`),
          }))}
        />
      </div>
      <ListView
        label={t('keys.title')}
        pages={pages}
        keyOf={({ id }) => id}
        columns={useColumns(setOpen)}
        clearFilters={show === 'working' ? undefined : () => setShow('working')}
        empty={{ title: t('keys.empty'), text: t('keys.empty_text'), action: create }}
      />
      {open !== undefined && <OpenDialog open={open} setOpen={setOpen} actions={actions} />}
    </Panel>
  )
}

function useColumns(setOpen: (open: Open) => void): Column<ApiKey>[] {
  const { t, can } = useLeadhooks()
  const name = (key: ApiKey): ReactNode => (
    <>
      <button type="button" className="lh-link" onClick={() => setOpen({ dialog: 'details', key })}>
        {key.name}
      </button>
      {key.environment === 'test' && <Pill tone="info">{t('keys.test')}</Pill>}
      <code className="lh-under">{`${key.start}…${key.last4}`}</code>
    </>
  )
  const buttons = (key: ApiKey): ReactNode =>
    stateOf(key) !== 'revoked' && (
      <div className="lh-row-actions">
        {can('write:api-keys') && (
          <Button
            kind="quiet"
            aria-label={t('keys.rotate_named', { name: key.name })}
            onClick={() => setOpen({ dialog: 'rotate', key })}
          >
            {t('rotate')}
          </Button>
        )}
        {can('delete:api-keys') && (
          <Button
            kind="quiet"
            aria-label={t('keys.revoke_named', { name: key.name })}
            onClick={() => setOpen({ dialog: 'revoke', key })}
          >
            {t('keys.revoke')}
          </Button>
        )}
      </div>
    )
  return [
    { label: t('keys.name'), cell: name },
    { label: t('keys.state'), cell: (key) => <ApiKeyPill apiKey={key} /> },
    { label: t('keys.access'), cell: (key) => nameAccess(key, t) },
    { label: t('keys.last_used'), cell: (key) => <Moment at={key.lastUsedAt} otherwise={t('never')} /> },
    { label: t('keys.expires'), cell: (key) => <Moment at={key.expiresAt} otherwise={t('never')} /> },
    { label: t('actions'), cell: buttons, isEnd: true },
  ]
}

interface OpenDialogProps {
  open: Open
  setOpen: (open: Open | undefined) => void
  actions: ApiKeyActions
}

function OpenDialog({ open, setOpen, actions }: OpenDialogProps): ReactNode {
  const { t, locale } = useLeadhooks()

  function close(): void {
    setOpen(undefined)
    for (const action of Object.values(actions)) action.reset()
  }

  async function create(key: NewApiKey): Promise<void> {
    const created = await actions.create.run(key)
    if (created !== undefined) setOpen({ dialog: 'token', token: created.token, name: created.name })
  }

  async function update(id: string, changes: Partial<NewApiKey>): Promise<void> {
    if ((await actions.update.run(id, changes)) !== undefined) close()
  }

  async function rotate(id: string, graceSeconds: number): Promise<void> {
    const rotated = await actions.rotate.run(id, graceSeconds)
    if (rotated !== undefined) setOpen({ dialog: 'token', token: rotated.token, name: rotated.name })
  }

  async function revoke(id: string): Promise<void> {
    if ((await actions.revoke.run(id, undefined)) !== undefined) close()
  }

  switch (open.dialog) {
    case 'create': {
      const { isRunning, error } = actions.create
      return (
        <ApiKeyForm isBusy={isRunning} error={error} onSubmit={(key) => void create(key)} onClose={close} />
      )
    }
    case 'token':
      return (
        <SecretDialog
          title={t('keys.token_title', { name: open.name })}
          warning={t('keys.token_warning')}
          secret={open.token}
          snippets={keySnippets}
          onClose={close}
        />
      )
    case 'details':
      return (
        <ApiKeyDetails
          apiKey={open.key}
          error={actions.update.error}
          onEdit={() => setOpen({ dialog: 'edit', key: open.key })}
          onSwitch={() => void update(open.key.id, { enabled: !open.key.enabled })}
          onClose={close}
        />
      )
    case 'edit': {
      const { isRunning, error } = actions.update
      const save = (key: NewApiKey): void => void update(open.key.id, key)
      return <ApiKeyForm apiKey={open.key} isBusy={isRunning} error={error} onSubmit={save} onClose={close} />
    }
    case 'rotate':
      return (
        <RotateDialog
          title={t('keys.rotate_named', { name: open.key.name })}
          text={t('keys.rotate_text')}
          isBusy={actions.rotate.isRunning}
          error={actions.rotate.error}
          onRotate={(graceSeconds) => void rotate(open.key.id, graceSeconds)}
          onClose={close}
        />
      )
    default: {
      const { lastUsedAt, lastUsedIp, name, environment, id } = open.key
      const used =
        lastUsedAt === null
          ? t('keys.revoke_unused')
          : t('keys.revoke_used', { when: relativeTime(lastUsedAt, locale), ip: lastUsedIp ?? '?' })
      return (
        <ConfirmDialog
          title={t('keys.revoke_named', { name })}
          text={`${used} ${t('keys.revoke_text')}`}
          action={t('keys.revoke')}
          typed={environment === 'live' ? name : undefined}
          isBusy={actions.revoke.isRunning}
          error={actions.revoke.error}
          onConfirm={() => void revoke(id)}
          onClose={close}
        />
      )
    }
  }
}
