/**
 * One item of each source, then a second of each that has one, and so on. Sources are looked for only as far as their first
 * items are asked for.
 */
export function* takeTurns<Item>(sources: Iterable<Iterator<Item>>): Generator<Item> {
  let round = sources
  while (true) {
    const waiting: Iterator<Item>[] = []
    for (const source of round) {
      const item = source.next()
      if (item.done) continue
      waiting.push(source)
      yield item.value
    }
    if (waiting.length === 0) return
    round = waiting
  }
}

/** The items of two sorted sources, sorted. */
export function* merge<Item>(
  a: Iterator<Item>,
  b: Iterator<Item>,
  rank: (item: Item) => number,
): Generator<Item> {
  let left = a.next()
  let right = b.next()
  while (!left.done && !right.done) {
    if (rank(left.value) <= rank(right.value)) {
      yield left.value
      left = a.next()
    } else {
      yield right.value
      right = b.next()
    }
  }
  for (; !left.done; left = a.next()) yield left.value
  for (; !right.done; right = b.next()) yield right.value
}

/** All keys in order, from behind `start` to the last, and then the others. `next` answers the first key behind another. */
export function* goRound(start: string, next: (key: string) => string | null): Generator<string> {
  const first = next(start)
  for (let key = first; key !== null; key = next(key)) yield key
  if (start === '') return
  for (let key = next(''); key !== null && key !== first; key = next(key)) yield key
}

/** All rows, read a few at a time and more each time: most readers stop early. `read` answers up to `count` behind `last`. */
export function* inChunks<Row>(read: (last: Row | undefined, count: number) => Row[]): Generator<Row> {
  let last: Row | undefined
  for (let count = 8; ; count = Math.min(2 * count, 256)) {
    const rows = read(last, count)
    yield* rows
    if (rows.length < count) return
    last = rows.at(-1)
  }
}
