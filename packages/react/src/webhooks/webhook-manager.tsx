'use client'
import type { Webhook } from '@leadhooks/client'
import { type ReactNode, useEffect, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { type Column, ListView } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { useGiven } from '../parts/use-given.ts'
import { useWebhook, useWebhooks } from './use-webhooks.ts'
import { describeEvents, nameOf, WebhookPill } from './webhook-state.tsx'
import { type OpenWebhook, WebhookSteps } from './webhook-steps.tsx'

export interface WebhookManagerProps extends ComponentProps {
  /** The webhook that is open; for a link from elsewhere. */
  webhookId?: string | undefined
  /** Told which one is open; for the address of a page. */
  onWebhookChange?: ((webhookId: string | undefined) => void) | undefined
}

/** Webhooks: register, look at, change, test, switch and remove them, and rotate their secrets. */
export function WebhookManager({ webhookId, onWebhookChange, ...props }: WebhookManagerProps): ReactNode {
  return (
    <Frame {...props}>
      <Webhooks webhookId={webhookId} onWebhookChange={onWebhookChange} />
    </Frame>
  )
}

function Webhooks({
  webhookId,
  onWebhookChange,
}: Pick<WebhookManagerProps, 'webhookId' | 'onWebhookChange'>): ReactNode {
  const { t, can } = useLeadhooks()
  const [linked, setLinked] = useGiven(webhookId)
  const [open, setStep] = useState<OpenWebhook | undefined>(undefined)
  const isLinked = open === undefined && linked !== undefined

  function setOpen(next: OpenWebhook | undefined): void {
    const id = next !== undefined && 'webhook' in next ? next.webhook.id : undefined
    setStep(next)
    setLinked(id)
    onWebhookChange?.(id)
  }

  const pages = useWebhooks()
  const create = can('write:webhooks') && (
    <Button kind="primary" onClick={() => setOpen({ step: 'create' })}>
      {t('webhooks.create')}
    </Button>
  )
  const columns: Column<Webhook>[] = [
    {
      label: t('webhooks.name'),
      cell: (webhook) => (
        <>
          <button type="button" className="lh-link" onClick={() => setOpen({ step: 'details', webhook })}>
            {nameOf(webhook)}
          </button>
          {webhook.name !== null && <span className="lh-under">{webhook.url}</span>}
        </>
      ),
    },
    { label: t('webhooks.state'), cell: (webhook) => <WebhookPill webhook={webhook} /> },
    {
      label: t('webhooks.events'),
      cell: ({ eventTypes }) => <span className="lh-clamp">{describeEvents(eventTypes, t)}</span>,
    },
    {
      label: t('webhooks.secret_age'),
      cell: ({ secretRotatedAt, createdAt }) => <Moment at={secretRotatedAt ?? createdAt} />,
    },
    {
      label: t('actions'),
      isEnd: true,
      cell: (webhook) => (
        <div className="lh-row-actions">
          <Button
            kind="quiet"
            aria-label={t('webhooks.open_named', { name: nameOf(webhook) })}
            onClick={() => setOpen({ step: 'details', webhook })}
          >
            {t('open')}
          </Button>
        </div>
      ),
    },
  ]
  return (
    <Panel title={t('webhooks.title')} text={t('webhooks.text')} actions={create}>
      <ListView
        label={t('webhooks.title')}
        pages={pages}
        keyOf={({ id }) => id}
        columns={columns}
        clearFilters={undefined}
        empty={{ title: t('webhooks.empty'), text: t('webhooks.empty_text'), action: create }}
      />
      {isLinked && <LinkedWebhook id={linked} onFound={(webhook) => setStep({ step: 'details', webhook })} />}
      {open !== undefined && <WebhookSteps open={open} setOpen={setOpen} />}
    </Panel>
  )
}

/** What a link names is looked for first. */
function LinkedWebhook({ id, onFound }: { id: string; onFound: (webhook: Webhook) => void }): ReactNode {
  const { data: webhook, error } = useWebhook(id)
  useEffect(() => {
    if (webhook !== undefined) onFound(webhook)
  })
  return <ProblemNote error={error} />
}
