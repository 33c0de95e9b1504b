import { readFileSync } from 'node:fs'

const page = new URL('../../../../docs/delivery-states.md', import.meta.url)

/** The arrows of the diagrams in the docs, `pending --> retrying`: a diagram and what it is compared with cannot drift apart. */
export function documentedArrows(): string[] {
  const text = readFileSync(page, 'utf8')
  const arrows = text.matchAll(/^ {2}(\S+) --> (\w+|\[\*\])/gm)
  return [...new Set([...arrows].map(([, from = '', to = '']) => `${from} --> ${to}`))]
}

/** How often each arrow was taken. */
export class ArrowCounts {
  readonly #counts = new Map<string, number>()

  take(arrow: string): void {
    this.#counts.set(arrow, (this.#counts.get(arrow) ?? 0) + 1)
  }

  count(arrow: string): number {
    return this.#counts.get(arrow) ?? 0
  }

  get taken(): string[] {
    return [...this.#counts.keys()]
  }
}
