'use client'
import type { Delivery } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { Select } from '../parts/choice.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { type Column, ListView } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { useGiven } from '../parts/use-given.ts'
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
  /** The delivery that is open; for a link from elsewhere. */
  deliveryId?: string | undefined
  /** Told which one is open; for the address of a page. */
  onDeliveryChange?: ((deliveryId: string | undefined) => void) | undefined
}

/** What was delivered, what was not and why; to be tried again, alone or by the thousand. */
export function WebhookLogViewer({
  webhookId,
  filters,
  onFiltersChange,
  deliveryId,
  onDeliveryChange,
  ...props
}: WebhookLogViewerProps): ReactNode {
  const log = { webhookId, filters, onFiltersChange, deliveryId, onDeliveryChange }
  return (
    <Frame {...props}>
      <Log key={webhookId} {...log} />
    </Frame>
  )
}

type LogProps = Omit<WebhookLogViewerProps, keyof ComponentProps>

function Log({
  webhookId,
  filters: initial = {},
  onFiltersChange,
  deliveryId,
  onDeliveryChange,
}: LogProps): ReactNode {
  const { t, can } = useLeadhooks()
  const [chosen, setChosen] = useGiven(initial)
  const [isLive, setIsLive] = useState(true)
  const [open, setOpen] = useGiven(deliveryId)
  const [isReplaying, setIsReplaying] = useState(false)
  const filters = webhookId === undefined ? chosen : { ...chosen, webhookId }
  const deliveries = useDeliveries(filters, { isLive })
  const isFiltered = Object.values(chosen).some((value) => value !== undefined && value !== '')

  function choose(next: DeliveryFilters): void {
    setChosen(next)
    onFiltersChange?.(next)
  }

  function show(id: string | undefined): void {
    setOpen(id)
    onDeliveryChange?.(id)
  }

  const replay = can('write:deliveries') && (
    <Button onClick={() => setIsReplaying(true)}>{t('replays.open')}</Button>
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
        columns={useColumns(webhookId === undefined, show)}
        clearFilters={isFiltered ? () => choose({}) : undefined}
        empty={{ title: t('deliveries.empty'), text: t('deliveries.empty_text') }}
      />
      {isReplaying && <ReplayDialog filters={filters} onClose={() => setIsReplaying(false)} />}
      {open !== undefined && <DeliveryDetails id={open} onOpen={show} onClose={() => show(undefined)} />}
    </Panel>
  )
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
      <SearchBox
        label={t('deliveries.event_id')}
        value={chosen.eventId ?? ''}
        onChange={(value) => set({ eventId: value.trim() || undefined })}
      />
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
