import { UsageError } from './usage-error.ts'

const unitMs = { ms: 1, s: 1000, m: 60_000 }

/** The milliseconds of `10s`, `500ms` or `2m`. */
export function parseDuration(option: string, given: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(given) ?? []
  if (number !== undefined && unit !== undefined) return Number(number) * unitMs[unit as keyof typeof unitMs]
  throw new UsageError(`${option} must be a time such as 10s, 500ms or 2m, got "${given}"`)
}
