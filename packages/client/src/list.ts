/** A page of a list. */
export interface Page<Row> {
  data: Row[]
  /** The `cursor` of the next page; null on the last one. */
  nextCursor: string | null
}

/**
 * A list: awaited, its first page; iterated over, every row to the end, page by page.
 *
 * ```ts
 * const { data, nextCursor } = await client.webhooks.list({ limit: 20 })
 * for await (const webhook of client.webhooks.list()) console.log(webhook.url)
 * ```
 */
export interface List<Row> extends Promise<Page<Row>>, AsyncIterable<Row> {
  /** Every page to the end. */
  pages(): AsyncIterable<Page<Row>>
}

/** `read` gets a page by its cursor. The first one is asked for at once. */
export function createList<Row>(read: (cursor?: string) => Promise<Page<Row>>): List<Row> {
  const first = read()

  async function* pages(): AsyncGenerator<Page<Row>> {
    let page = await first
    yield page
    while (page.nextCursor !== null) {
      page = await read(page.nextCursor)
      yield page
    }
  }

  async function* rows(): AsyncGenerator<Row> {
    for await (const { data } of pages()) yield* data
  }

  return Object.assign(first, { pages, [Symbol.asyncIterator]: rows })
}
