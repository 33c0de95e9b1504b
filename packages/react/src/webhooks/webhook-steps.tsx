'use client'
import type { NewWebhook, Resumption, Webhook } from '@leadhooks/client'
import { lazy, type ReactNode, Suspense } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { RotateDialog } from '../parts/rotate-dialog.tsx'
import { SecretDialog } from '../parts/secret-dialog.tsx'
import { EnableDialog } from './enable-dialog.tsx'
import { secretSnippets } from './secret-snippets.ts'
import { useRevealSecret, useWebhookActions } from './use-webhooks.ts'
import type { WebhookStep } from './webhook-details.tsx'
import { nameOf } from './webhook-state.tsx'

// With the log and the test in it, they are more than half of all there is: loaded when they are opened.
const WebhookDetails = lazy(async () => {
  const { WebhookDetails } = await import('./webhook-details.tsx')
  return { default: WebhookDetails }
})

const WebhookForm = lazy(async () => {
  const { WebhookForm } = await import('./webhook-form.tsx')
  return { default: WebhookForm }
})

export type OpenWebhook =
  | { step: 'create' }
  | { step: 'details' | WebhookStep; webhook: Webhook }
  | { step: 'secret'; secret: string; name: string }

interface WebhookStepsProps {
  open: OpenWebhook
  setOpen: (open: OpenWebhook | undefined) => void
}

/** The dialog that is open, and where each leads. */
export function WebhookSteps({ open, setOpen }: WebhookStepsProps): ReactNode {
  const { t } = useLeadhooks()
  const actions = useWebhookActions()
  const reveal = useRevealSecret()

  function close(): void {
    setOpen(undefined)
    for (const action of Object.values(actions)) action.reset()
    reveal.reset()
  }

  function showSecret(webhook: Webhook, secret: string): void {
    setOpen({ step: 'secret', secret, name: nameOf(webhook) })
  }

  async function create(webhook: NewWebhook): Promise<void> {
    const created = await actions.create.run(webhook)
    if (created !== undefined) showSecret(created, created.secret)
  }

  async function update(id: string, changes: NewWebhook): Promise<void> {
    const webhook = await actions.update.run(id, changes)
    if (webhook !== undefined) setOpen({ step: 'details', webhook })
  }

  async function rotate(id: string, graceSeconds: number): Promise<void> {
    const rotated = await actions.rotateSecret.run(id, graceSeconds)
    if (rotated !== undefined) showSecret(rotated, rotated.secret)
  }

  async function enable(id: string, resumption: Resumption): Promise<void> {
    const webhook = await actions.enable.run(id, resumption)
    if (webhook !== undefined) setOpen({ step: 'details', webhook })
  }

  async function disable(id: string): Promise<void> {
    const webhook = await actions.disable.run(id)
    if (webhook !== undefined) setOpen({ step: 'details', webhook })
  }

  async function remove(id: string): Promise<void> {
    if (await actions.remove.run(id)) close()
  }

  async function revealSecret(webhook: Webhook): Promise<void> {
    const revealed = await reveal.run(webhook.id)
    if (revealed !== undefined) showSecret(webhook, revealed.secret)
  }

  if (open.step === 'create') {
    const { isRunning, error } = actions.create
    return (
      <Suspense>
        <WebhookForm isBusy={isRunning} error={error} onSubmit={(it) => void create(it)} onClose={close} />
      </Suspense>
    )
  }
  if (open.step === 'secret') {
    return (
      <SecretDialog
        title={t('webhooks.secret_of', { name: open.name })}
        warning={t('webhooks.secret_warning')}
        secret={open.secret}
        snippets={secretSnippets}
        onClose={close}
      />
    )
  }
  const { webhook, step } = open
  const { id } = webhook
  const name = nameOf(webhook)
  const back = (): void => setOpen({ step: 'details', webhook })
  switch (step) {
    case 'details':
      return (
        <Suspense>
          <WebhookDetails
            webhook={webhook}
            onStep={(step, current) => setOpen({ step, webhook: current })}
            onClose={close}
          />
        </Suspense>
      )
    case 'edit':
      return (
        <Suspense>
          <WebhookForm
            webhook={webhook}
            isBusy={actions.update.isRunning}
            error={actions.update.error}
            onSubmit={(changes) => void update(id, changes)}
            onClose={back}
          />
        </Suspense>
      )
    case 'rotate':
      return (
        <RotateDialog
          title={t('webhooks.rotate_named', { name })}
          text={t('webhooks.rotate_text')}
          isBusy={actions.rotateSecret.isRunning}
          error={actions.rotateSecret.error}
          onRotate={(graceSeconds) => void rotate(id, graceSeconds)}
          onClose={back}
        />
      )
    case 'enable':
      return (
        <EnableDialog
          title={t('webhooks.enable_named', { name })}
          isBusy={actions.enable.isRunning}
          error={actions.enable.error}
          onEnable={(resumption) => void enable(id, resumption)}
          onClose={back}
        />
      )
    case 'disable':
      return (
        <ConfirmDialog
          title={t('webhooks.disable_named', { name })}
          text={t('webhooks.disable_text')}
          action={t('webhooks.disable')}
          isBusy={actions.disable.isRunning}
          error={actions.disable.error}
          onConfirm={() => void disable(id)}
          onClose={back}
        />
      )
    case 'reveal':
      return (
        <ConfirmDialog
          title={t('webhooks.reveal_named', { name })}
          text={t('webhooks.reveal_text')}
          action={t('webhooks.reveal')}
          isBusy={reveal.isRunning}
          error={reveal.error}
          onConfirm={() => void revealSecret(webhook)}
          onClose={back}
        />
      )
    default:
      return (
        <ConfirmDialog
          title={t('webhooks.delete_named', { name })}
          text={t('webhooks.delete_text')}
          action={t('delete')}
          typed={name}
          isBusy={actions.remove.isRunning}
          error={actions.remove.error}
          onConfirm={() => void remove(id)}
          onClose={back}
        />
      )
  }
}
