'use client'
import type { Page } from '@leadhooks/client'
import { useState } from 'react'
import { type Query, useQuery } from './use-query.ts'

export interface Pages<Row> extends Query<Page<Row>> {
  /** Counts from 1. */
  page: number
  next: (() => void) | undefined
  previous: (() => void) | undefined
}

type ReadPage<Row> = (page: { cursor?: string }, signal: AbortSignal) => Promise<Page<Row>>

/** A list, a page at a time. Another `key` begins again with the first. */
export function usePages<Row>(
  key: string,
  read: ReadPage<Row>,
  options: { refreshMs?: number } = {},
): Pages<Row> {
  // The cursors of the pages before, so that there is a way back.
  const [way, setWay] = useState<{ key: string; cursors: string[] }>({ key, cursors: [] })
  const cursors = way.key === key ? way.cursors : []
  const cursor = cursors.at(-1)
  const query = useQuery(
    `${key}#${cursor ?? ''}`,
    (signal) => read(cursor === undefined ? {} : { cursor }, signal),
    options,
  )
  const nextCursor = query.isPrevious ? null : (query.data?.nextCursor ?? null)
  return {
    ...query,
    page: cursors.length + 1,
    next: nextCursor === null ? undefined : () => setWay({ key, cursors: [...cursors, nextCursor] }),
    previous: cursors.length === 0 ? undefined : () => setWay({ key, cursors: cursors.slice(0, -1) }),
  }
}
