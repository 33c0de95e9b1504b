'use client'
import type { ApiError } from '@leadhooks/client'
import type { ReactNode } from 'react'
import type { Pages } from '../data/use-pages.ts'
import { useLeadhooks } from '../leadhooks-context.ts'
import { Button } from './button.tsx'
import { explain } from './problem-note.tsx'

export interface Column<Row> {
  label: string
  cell: (row: Row) => ReactNode
  /** Right-aligned, as numbers and buttons are. @default false */
  isEnd?: boolean
}

interface ListViewProps<Row> {
  /** Names the table for those who hear it. */
  label: string
  pages: Pages<Row>
  columns: readonly Column<Row>[]
  /** Tells rows apart. */
  keyOf: (row: Row) => string
  /** What is there before the first row, with the way to one. */
  empty: { title: string; text: string; action?: ReactNode }
  /** Takes filters away again; undefined without any. */
  clearFilters: (() => void) | undefined
  /** Rows in place of those that were read. @default all of them */
  rows?: readonly Row[] | undefined
}

/** A table with a page of rows, or what is to be seen in its place. */
export function ListView<Row>(props: ListViewProps<Row>): ReactNode {
  const { label, pages, columns, keyOf, empty, clearFilters } = props
  const { t } = useLeadhooks()
  const rows = props.rows ?? pages.data?.data
  if (rows === undefined) {
    return pages.error === undefined ? <Skeleton /> : <Failure error={pages.error} retry={pages.reload} />
  }
  if (rows.length === 0 && clearFilters !== undefined) {
    return (
      <Blank title={t('list.no_matches')} text={t('list.no_matches_text')}>
        <Button onClick={clearFilters}>{t('list.clear_filters')}</Button>
      </Blank>
    )
  }
  if (rows.length === 0 && pages.page === 1) {
    return (
      <Blank title={empty.title} text={empty.text}>
        {empty.action}
      </Blank>
    )
  }
  return (
    <>
      {pages.error !== undefined && <Stale error={pages.error} retry={pages.reload} />}
      <Table label={label} columns={columns} keyOf={keyOf} rows={rows} isStale={pages.isPrevious} />
      <Pager pages={pages} />
    </>
  )
}

interface TableProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  keyOf: (row: Row) => string
  rows: readonly Row[]
  isStale: boolean
}

export function Table<Row>({ label, columns, keyOf, rows, isStale }: TableProps<Row>): ReactNode {
  return (
    <table className="lh-table" aria-label={label} aria-busy={isStale}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.label} scope="col" className={column.isEnd ? 'lh-end' : undefined}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => (
              <td
                key={column.label}
                className={column.isEnd ? 'lh-end' : undefined}
                data-lh-label={column.label}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Pager({ pages: { page, previous, next } }: { pages: Pages<never> | Pages<unknown> }): ReactNode {
  const { t } = useLeadhooks()
  if (previous === undefined && next === undefined) return null
  return (
    <nav className="lh-pager" aria-label={t('list.pages')}>
      <Button onClick={previous} disabled={previous === undefined}>
        {t('list.previous')}
      </Button>
      <span className="lh-muted" aria-live="polite">
        {t('list.page', { page })}
      </span>
      <Button onClick={next} disabled={next === undefined}>
        {t('list.next')}
      </Button>
    </nav>
  )
}

/** Grey bars where rows will be. */
export function Skeleton(): ReactNode {
  const { t } = useLeadhooks()
  return (
    <div className="lh-skeleton" role="status">
      <span className="lh-heard">{t('list.loading')}</span>
      {[1, 2, 3, 4].map((bar) => (
        <div key={bar} className="lh-skeleton-bar" />
      ))}
    </div>
  )
}

interface FailureProps {
  error: ApiError
  retry: () => void
}

/** Nothing could be read: it failed, or may not be seen. */
export function Failure({ error, retry }: FailureProps): ReactNode {
  const { t } = useLeadhooks()
  const isForbidden = error.status === 403
  return (
    <div className="lh-blank" role="alert">
      <p className="lh-blank-title">{isForbidden ? t('list.forbidden') : t('list.failed')}</p>
      <p className="lh-muted">{isForbidden ? t('list.forbidden_text') : explain(error, t)}</p>
      {!isForbidden && <Button onClick={retry}>{t('list.retry')}</Button>}
    </div>
  )
}

/** What is shown is from before. */
function Stale({ error, retry }: FailureProps): ReactNode {
  const { t } = useLeadhooks()
  return (
    <p className="lh-note lh-note-warn" role="status">
      {t('list.stale')} {explain(error, t)}{' '}
      <Button kind="quiet" onClick={retry}>
        {t('list.retry')}
      </Button>
    </p>
  )
}

export function Blank({
  title,
  text,
  children,
}: {
  title: string
  text: string
  children?: ReactNode
}): ReactNode {
  return (
    <div className="lh-blank">
      <p className="lh-blank-title">{title}</p>
      <p className="lh-muted">{text}</p>
      {children}
    </div>
  )
}
