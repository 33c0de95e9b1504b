import { z } from 'zod'
import { LeadhooksError } from './errors.ts'
import { text } from './input.ts'
import type { Page, PagePosition } from './storage/storage.ts'

/** What every list takes, beside its filters. */
export const pageInput = z.strictObject({
  limit: z.int().min(1).max(100).default(50).meta({ description: 'How many rows at most' }),
  cursor: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'The `nextCursor` of the page before; opaque' }),
})

export type ListInput = z.input<typeof pageInput>

/** A page of a list, newest first. `nextCursor` is null on the last page. */
export interface List<Row> {
  data: Row[]
  nextCursor: string | null
}

/** Reads one page: one row more than asked for tells whether there is another page. */
export async function readPage<Row extends PagePosition, Shown>(
  { limit, cursor }: z.output<typeof pageInput>,
  read: (page: Page) => Promise<Row[]>,
  show: (row: Row) => Shown,
): Promise<List<Shown>> {
  const rows = await read({
    limit: limit + 1,
    after: cursor === undefined ? undefined : decodeCursor(cursor),
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { data: page.map(show), nextCursor: rows.length > limit && last ? encodeCursor(last) : null }
}

function encodeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString('base64url')
}

const cursorContent = z.tuple([z.int().min(0).max(8.64e15), text(200)])

function decodeCursor(cursor: string): PagePosition {
  const [createdAt, id] = readCursor(cursor)
  return { createdAt: new Date(createdAt), id }
}

function readCursor(cursor: string): z.output<typeof cursorContent> {
  try {
    return cursorContent.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch (cause) {
    const message =
      'The cursor is not one that a list returned: pass `nextCursor` as it came, or leave it out'
    throw new LeadhooksError('invalid_cursor', message, { cause, issues: [{ pointer: '/cursor', message }] })
  }
}
