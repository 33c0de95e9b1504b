'use client'
import type { Webhook } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { type Column, ListView } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { useWebhooks } from './use-webhooks.ts'
import { describeEvents, nameOf, WebhookPill } from './webhook-state.tsx'
import { type OpenWebhook, WebhookSteps } from './webhook-steps.tsx'

/** Webhooks: register, look at, change, test, switch and remove them, and rotate their secrets. */
export function WebhookManager(props: ComponentProps): ReactNode {
  return (
    <Frame {...props}>
      <Webhooks />
    </Frame>
  )
}

function Webhooks(): ReactNode {
  const { t, can } = useLeadhooks()
  const [open, setOpen] = useState<OpenWebhook | undefined>(undefined)
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
      {open !== undefined && <WebhookSteps open={open} setOpen={setOpen} />}
    </Panel>
  )
}
