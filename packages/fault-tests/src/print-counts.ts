import { isFullSize } from './sizes.ts'

/** One line about a scenario that has run: `fault 1 kill storm, postgres, small: lost 0 extra 12 …`. */
export function printCounts(scenario: string, counts: Readonly<Record<string, unknown>>): void {
  const size = isFullSize ? 'full' : 'small'
  const shown = Object.entries(counts).map(([name, value]) => `${name} ${show(value)}`)
  process.stdout.write(`fault ${scenario}, ${size}: ${shown.join(', ')}\n`)
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(rounded(value))
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_key, part: unknown) => (typeof part === 'number' ? rounded(part) : part))
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
