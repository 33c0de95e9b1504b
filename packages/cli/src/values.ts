import type { Values } from './command.ts'
import { UsageError } from './usage-error.ts'

/** The text of an option that has to be there. */
export function required(values: Values, name: string): string {
  const value = values[name]
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(`--${name} is missing`)
}

export function optional(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** A whole number from 0 up. */
export function wholeNumber(values: Values, name: string): number {
  const value = Number(required(values, name))
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new UsageError(`--${name} must be a whole number from 0 up, got "${String(values[name])}"`)
}

/** The parts of `a,b`; undefined without the option. */
export function listOf(values: Values, name: string): string[] | undefined {
  return optional(values, name)
    ?.split(',')
    .map((part) => part.trim())
}

export const organizationHelp = '    --organization <id>  whose: the id by which your application knows it'
export const organizationOption = { organization: { type: 'string', short: 'o' } } as const
export const jsonHelp = '    --json            answers JSON'
export const jsonOption = { json: { type: 'boolean' } } as const
