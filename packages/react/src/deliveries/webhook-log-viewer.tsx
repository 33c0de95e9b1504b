'use client'
import type { Delivery } from '@leadhooks/client'
import { type ReactNode, useId, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Select } from '../parts/choice.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { type Column, ListView } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { useEventTypes, useWebhookChoice } from '../webhooks/use-webhooks.ts'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { DeliveryDetails } from './delivery-details.tsx'
import { DeliveryPill, lastResult } from './delivery-state.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { type DeliveryFilters, useDeliveries } from './use-deliveries.ts'

export interface WebhookLogViewerProps extends ComponentProps {
  /** The webhook whose deliveries are shown. @default those of all, and a filter */
  webhookId?: string | undefined
  /** Which are shown at first, and when others are given later; for a link from elsewhere, and for the way back to one. */
  filters?: DeliveryFilters | undefined
  /** Told when they change; for the address of a page. */
  onFiltersChange?: ((filters: DeliveryFilters) => void) | undefined
}

/** What was delivered, what was not and why; to be tried again, alone or by the thousand. */
export function WebhookLogViewer({
  webhookId,
  filters,
  onFiltersChange,
  ...props
}: WebhookLogViewerProps): ReactNode {
  return (
    <Frame {...props}>
      <Log key={webhookId} webhookId={webhookId} filters={filters} onFiltersChange={onFiltersChange} />
    </Frame>
  )
}

type LogProps = Pick<WebhookLogViewerProps, 'webhookId' | 'filters' | 'onFiltersChange'>

function Log({ webhookId, filters: initial = {}, onFiltersChange }: LogProps): ReactNode {
  const { t, can } = useLeadhooks()
  const [chosen, setChosen] = useGiven(initial)
  const [isLive, setIsLive] = useState(true)
  const [open, setOpen] = useState<{ delivery: string } | 'replay' | undefined>(undefined)
  const filters = webhookId === undefined ? chosen : { ...chosen, webhookId }
  const deliveries = useDeliveries(filters, { isLive })
  const isFiltered = Object.values(chosen).some((value) => value !== undefined && value !== '')

  function choose(next: DeliveryFilters): void {
    setChosen(next)
    onFiltersChange?.(next)
  }

  const replay = can('write:deliveries') && (
    <Button onClick={() => setOpen('replay')}>{t('replays.open')}</Button>
  )
  return (
    <Panel title={t('deliveries.title')} text={t('deliveries.text')} actions={replay}>
      <Filters chosen={chosen} choose={choose} hasWebhooks={webhookId === undefined}>
        <label className="lh-live">
          <input type="checkbox" checked={isLive} onChange={(event) => setIsLive(event.target.checked)} />
          {t('deliveries.live')}
        </label>
      </Filters>
      <div className="lh-news" role="status">
        {deliveries.newer > 0 && (
          <Button className="lh-newer" onClick={deliveries.reload}>
            {t('deliveries.newer', { count: deliveries.newer })}
          </Button>
        )}
      </div>
      <ListView
        label={t('deliveries.title')}
        pages={deliveries}
        rows={deliveries.rows}
        keyOf={({ id }) => id}
        columns={useColumns(webhookId === undefined, (delivery) => setOpen({ delivery }))}
        clearFilters={isFiltered ? () => choose({}) : undefined}
        empty={{ title: t('deliveries.empty'), text: t('deliveries.empty_text') }}
      />
      {open === 'replay' && <ReplayDialog filters={filters} onClose={() => setOpen(undefined)} />}
      {typeof open === 'object' && (
        <DeliveryDetails
          id={open.delivery}
          onOpen={(delivery) => setOpen({ delivery })}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Panel>
  )
}

/** A state that begins with what is given, and begins again when something else is. */
function useGiven<T>(given: T): [T, (value: T) => void] {
  const key = JSON.stringify(given)
  const [state, setState] = useState({ key, value: given })
  const value = state.key === key ? state.value : given
  return [value, (next) => setState({ key, value: next })]
}

interface FiltersProps {
  chosen: DeliveryFilters
  choose: (filters: DeliveryFilters) => void
  hasWebhooks: boolean
  children: ReactNode
}

const statuses = ['pending', 'retrying', 'delivered', 'dead_letter', 'cancelled'] as const

function Filters({ chosen, choose, hasWebhooks, children }: FiltersProps): ReactNode {
  const { t } = useLeadhooks()
  const webhooks = useWebhookChoice().data?.data ?? []
  const types = useEventTypes().data ?? []
  const searchId = useId()
  const set = (change: DeliveryFilters): void => choose({ ...chosen, ...change })
  return (
    <div className="lh-toolbar" role="search" aria-label={t('deliveries.title')}>
      <Select
        label={t('deliveries.status')}
        isLabelHidden
        value={chosen.status ?? ''}
        onChange={(status) => set({ status: status === '' ? undefined : status })}
        options={[
          { value: '', label: t('deliveries.any_status') },
          ...statuses.map((value) => ({ value, label: t(`deliveries.status.${value}`) })),
        ]}
      />
      <Select
        label={t('deliveries.event_type')}
        isLabelHidden
        value={chosen.eventType ?? ''}
        onChange={(eventType) => set({ eventType: eventType || undefined })}
        options={[
          { value: '', label: t('deliveries.any_type') },
          ...types.map(({ name }) => ({ value: name, label: name })),
        ]}
      />
      {hasWebhooks && (
        <Select
          label={t('webhooks.one')}
          isLabelHidden
          value={chosen.webhookId ?? ''}
          onChange={(webhookId) => set({ webhookId: webhookId || undefined })}
          options={[
            { value: '', label: t('deliveries.any_webhook') },
            ...webhooks.map((webhook) => ({ value: webhook.id, label: nameOf(webhook) })),
          ]}
        />
      )}
      <div className="lh-field">
        <label className="lh-heard" htmlFor={searchId}>
          {t('deliveries.event_id')}
        </label>
        <input
          id={searchId}
          type="search"
          className="lh-input"
          placeholder={t('deliveries.event_id')}
          value={chosen.eventId ?? ''}
          onChange={(event) => set({ eventId: event.target.value.trim() || undefined })}
        />
      </div>
      {children}
    </div>
  )
}

function useColumns(hasWebhooks: boolean, onOpen: (id: string) => void): Column<Delivery>[] {
  const { t } = useLeadhooks()
  const webhooks = useWebhookChoice().data?.data ?? []
  const named = (id: string): string => {
    const webhook = webhooks.find((known) => known.id === id)
    return webhook === undefined ? id : nameOf(webhook)
  }
  const columns: (Column<Delivery> | undefined)[] = [
    { label: t('deliveries.status'), cell: (delivery) => <DeliveryPill delivery={delivery} /> },
    {
      label: t('deliveries.event'),
      cell: (delivery) => (
        <>
          <button type="button" className="lh-link" onClick={() => onOpen(delivery.id)}>
            {delivery.eventType}
          </button>
          <code className="lh-under">{delivery.eventId}</code>
        </>
      ),
    },
    hasWebhooks ? { label: t('webhooks.one'), cell: ({ webhookId }) => named(webhookId) } : undefined,
    { label: t('deliveries.result'), cell: (delivery) => lastResult(delivery, t) },
    { label: t('deliveries.attempts'), cell: ({ attempts }) => attempts, isEnd: true },
    { label: t('deliveries.next'), cell: ({ nextAttemptAt }) => <Moment at={nextAttemptAt} otherwise="–" /> },
    { label: t('deliveries.created'), cell: ({ createdAt }) => <Moment at={createdAt} /> },
  ]
  return columns.filter((column) => column !== undefined)
}
