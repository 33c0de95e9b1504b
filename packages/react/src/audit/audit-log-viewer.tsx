'use client'
import type { AuditEntry } from '@leadhooks/client'
import { type ReactNode, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Select } from '../parts/choice.tsx'
import { type ComponentProps, Frame, Panel } from '../parts/frame.tsx'
import { type Column, ListView } from '../parts/list-view.tsx'
import { Moment } from '../parts/moment.tsx'
import { SearchBox } from '../parts/search-box.tsx'
import { useGiven } from '../parts/use-given.ts'
import { actions, nameAction } from './audit-actions.ts'
import { AuditEntryDialog } from './audit-entry-dialog.tsx'
import { type AuditFilters, useAuditLog } from './use-audit-log.ts'

export interface AuditLogViewerProps extends ComponentProps {
  /** Which entries are shown at first, and when others are given later. */
  filters?: AuditFilters | undefined
  /** Told when they change; for the address of a page. */
  onFiltersChange?: ((filters: AuditFilters) => void) | undefined
}

/** Who changed what, or looked at a secret, from where, and how it was before. */
export function AuditLogViewer({ filters, onFiltersChange, ...props }: AuditLogViewerProps): ReactNode {
  return (
    <Frame {...props}>
      <AuditLog filters={filters} onFiltersChange={onFiltersChange} />
    </Frame>
  )
}

function AuditLog({
  filters: given = {},
  onFiltersChange,
}: Pick<AuditLogViewerProps, 'filters' | 'onFiltersChange'>): ReactNode {
  const { t } = useLeadhooks()
  const [filters, setFilters] = useGiven(given)
  const [open, setOpen] = useState<AuditEntry | undefined>(undefined)
  const pages = useAuditLog(filters)
  const isFiltered = Object.values(filters).some((value) => value !== undefined)

  function choose(next: AuditFilters): void {
    setFilters(next)
    onFiltersChange?.(next)
  }

  return (
    <Panel title={t('audit.title')} text={t('audit.text')}>
      <div className="lh-toolbar" role="search" aria-label={t('audit.title')}>
        <Select
          label={t('audit.action')}
          isLabelHidden
          value={filters.action ?? ''}
          onChange={(action) => choose({ ...filters, action: action === '' ? undefined : action })}
          options={[
            { value: '', label: t('audit.any_action') },
            ...actions.map((value) => ({ value, label: nameAction(value, t) })),
          ]}
        />
        <SearchBox
          label={t('audit.actor')}
          value={filters.actorId ?? ''}
          onChange={(value) => choose({ ...filters, actorId: value.trim() || undefined })}
        />
        <SearchBox
          label={t('audit.target')}
          value={filters.targetId ?? ''}
          onChange={(value) => choose({ ...filters, targetId: value.trim() || undefined })}
        />
      </div>
      <ListView
        label={t('audit.title')}
        pages={pages}
        keyOf={({ id }) => id}
        columns={useColumns(setOpen)}
        clearFilters={isFiltered ? () => choose({}) : undefined}
        empty={{ title: t('audit.empty'), text: t('audit.empty_text') }}
      />
      {open !== undefined && <AuditEntryDialog entry={open} onClose={() => setOpen(undefined)} />}
    </Panel>
  )
}

function useColumns(onOpen: (entry: AuditEntry) => void): Column<AuditEntry>[] {
  const { t } = useLeadhooks()
  return [
    {
      label: t('audit.action'),
      cell: (entry) => (
        <button type="button" className="lh-link" onClick={() => onOpen(entry)}>
          {nameAction(entry.action, t)}
        </button>
      ),
    },
    {
      label: t('audit.target'),
      cell: ({ before, after, targetId }) => (
        <>
          {nameIn(after) ?? nameIn(before)}
          <code className="lh-under">{targetId}</code>
        </>
      ),
    },
    {
      label: t('audit.actor'),
      cell: ({ actor }) => (
        <>
          {actor.id}
          {actor.ip !== undefined && <span className="lh-under">{actor.ip}</span>}
        </>
      ),
    },
    { label: t('audit.when'), cell: ({ createdAt }) => <Moment at={createdAt} /> },
  ]
}

/** What it was called, or where it led. */
function nameIn(snapshot: AuditEntry['before']): string | undefined {
  const { name, url } = snapshot ?? {}
  return [name, url].find((value): value is string => typeof value === 'string')
}
