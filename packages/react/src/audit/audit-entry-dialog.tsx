'use client'
import type { AuditEntry } from '@leadhooks/client'
import type { ReactNode } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Facts } from '../parts/facts.tsx'
import { Table } from '../parts/list-view.tsx'
import { exactTime } from '../parts/moment.tsx'
import { nameAction } from './audit-actions.ts'

/** One entry: who, from where, and what was otherwise before. */
export function AuditEntryDialog({ entry, onClose }: { entry: AuditEntry; onClose: () => void }): ReactNode {
  const { t, locale } = useLeadhooks()
  const { action, actor, targetId, createdAt, sequence } = entry
  const changes = changesOf(entry)
  return (
    <Dialog title={nameAction(action, t)} isWide onClose={onClose}>
      <Facts
        facts={[
          [t('audit.when'), exactTime(createdAt, locale)],
          [t('audit.actor'), `${actor.id} (${t(`audit.by.${actor.type}`)})`],
          [t('audit.from'), actor.ip ?? null],
          [t('audit.program'), actor.userAgent ?? null],
          [t('audit.target'), <code key="target">{targetId}</code>],
          [t('audit.number'), String(sequence)],
        ]}
      />
      {changes.length > 0 && (
        <Table
          label={t('audit.changes')}
          isStale={false}
          rows={changes}
          keyOf={({ field }) => field}
          columns={[
            { label: t('audit.field'), cell: ({ field }) => <code>{field}</code> },
            { label: t('audit.before'), cell: ({ before }) => <code>{before}</code> },
            { label: t('audit.after'), cell: ({ after }) => <code>{after}</code> },
          ]}
        />
      )}
    </Dialog>
  )
}

interface Change {
  field: string
  before: string
  after: string
}

/** Each field that is not as it was, in the words of the API. */
function changesOf({ before, after }: AuditEntry): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const say = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))
  return fields
    .map((field) => ({ field, before: say(before?.[field]), after: say(after?.[field]) }))
    .filter((change) => change.before !== change.after)
}
