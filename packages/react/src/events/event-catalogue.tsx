'use client'
import type { EventType } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from '../parts/button.tsx'
import { CodeBlock } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { Blank, Failure, Skeleton, Table } from '../parts/list-view.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useGiven } from '../parts/use-given.ts'
import { useEventTypes, useWebhookChoice } from '../webhooks/use-webhooks.ts'
import { nameOf } from '../webhooks/webhook-state.tsx'
import { receiverSnippet, subscribersOf } from './event-type.ts'

export interface EventCatalogueProps extends ComponentProps {
  /** The name of the event type that is open; for a link from elsewhere. */
  eventType?: string | undefined
  /** Told which one is open; for the address of a page. */
  onEventTypeChange?: ((eventType: string | undefined) => void) | undefined
}

/** What there is to hear of: each event type with its schema, an example, code that takes it, and who gets it. */
export function EventCatalogue({ eventType, onEventTypeChange, ...props }: EventCatalogueProps): ReactNode {
  return (
    <Frame {...props}>
      <Catalogue eventType={eventType} onEventTypeChange={onEventTypeChange} />
    </Frame>
  )
}

type CatalogueProps = Pick<EventCatalogueProps, 'eventType' | 'onEventTypeChange'>

function Catalogue({ eventType, onEventTypeChange }: CatalogueProps): ReactNode {
  const { t } = useLeadhooks()
  const { data: types, error, reload } = useEventTypes()
  const [open, setOpen] = useGiven(eventType)
  const [search, setSearch] = useState('')
  const opened = types?.find(({ name }) => name === open)
  const found = types?.filter((type) => matches(type, search))

  function choose(name: string | undefined): void {
    setOpen(name)
    onEventTypeChange?.(name)
  }

  return (
    <Panel title={t('events.title')} text={t('events.text')}>
      {types !== undefined && types.length > 0 && (
        <div className="lh-toolbar" role="search" aria-label={t('events.title')}>
          <SearchBox label={t('webhooks.events_search')} value={search} onChange={setSearch} />
        </div>
      )}
      {types === undefined && error === undefined && <Skeleton />}
      {types === undefined && error !== undefined && <Failure error={error} retry={reload} />}
      {types?.length === 0 && <Blank title={t('events.empty')} text={t('events.empty_text')} />}
      {types !== undefined && types.length > 0 && found?.length === 0 && (
        <Blank title={t('list.no_matches')} text={t('list.no_matches_text')}>
          <Button onClick={() => setSearch('')}>{t('list.clear_filters')}</Button>
        </Blank>
      )}
      {found !== undefined && found.length > 0 && <Types types={found} onOpen={choose} />}
      {opened !== undefined && <TypeDialog type={opened} onClose={() => choose(undefined)} />}
    </Panel>
  )
}

function matches({ name, description }: EventType, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return `${name} ${description ?? ''}`.toLowerCase().includes(wanted)
}

function Types({
  types,
  onOpen,
}: {
  types: readonly EventType[]
  onOpen: (name: string) => void
}): ReactNode {
  const { t } = useLeadhooks()
  const webhooks = useWebhookChoice().data?.data ?? []
  return (
    <Table
      label={t('events.title')}
      isStale={false}
      rows={types}
      keyOf={({ name }) => name}
      columns={[
        {
          label: t('deliveries.event_type'),
          cell: ({ name }) => (
            <button type="button" className="lh-link" onClick={() => onOpen(name)}>
              {name}
            </button>
          ),
        },
        { label: t('keys.description'), cell: ({ description }) => description ?? '–' },
        {
          label: t('webhooks.title'),
          cell: ({ name }) => String(subscribersOf(name, webhooks).length),
          isEnd: true,
        },
      ]}
    />
  )
}

function TypeDialog({ type, onClose }: { type: EventType; onClose: () => void }): ReactNode {
  const { t } = useLeadhooks()
  const webhooks = useWebhookChoice().data?.data ?? []
  const names = subscribersOf(type.name, webhooks).map(nameOf)
  const json = (value: unknown): string => JSON.stringify(value, null, 2)
  const tabs = [
    ...(type.example === null || type.example === undefined
      ? []
      : [
          {
            id: 'example',
            label: t('events.example'),
            content: <CodeBlock label={t('events.example')} code={json(type.example)} />,
          },
        ]),
    {
      id: 'schema',
      label: t('events.schema'),
      content: <CodeBlock label={t('events.schema')} code={json(type.schema)} />,
    },
    {
      id: 'code',
      label: t('events.code'),
      content: <CodeBlock label="Node.js" code={receiverSnippet(type.name)} />,
    },
  ]
  return (
    <Dialog title={type.name} isWide onClose={onClose}>
      {type.description !== null && <p>{type.description}</p>}
      <p className="lh-muted">
        {names.length === 0 ? t('events.nobody') : t('events.sent_to', { names: names.join(', ') })}
      </p>
      {type.sensitive.length > 0 && (
        <p className="lh-note lh-note-info">{t('events.sensitive', { paths: type.sensitive.join(', ') })}</p>
      )}
      <Tabs label={type.name} tabs={tabs} />
    </Dialog>
  )
}
