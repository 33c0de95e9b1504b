import { LeadhooksError, type Issue } from '../errors.ts'
import { describeIssues, isCleanText, pointer } from '../input.ts'

/**
 * A condition on the data of an event, in the manner of MongoDB's queries: `{ amount: { $gte: 1000 }, 'lead.source': 'web' }`.
 * All fields must match.
 */
export type EventFilter = Record<string, unknown>

const mostConditions = 100
const mostLevels = 8
const longestText = 250
const mostSteps = 16
/** More that is wrong is not listed: the list itself would be as long as what was sent. */
const mostIssues = 100
/**
 * So many steps are taken for one event, a few milliseconds at the very most, since nothing else is sent meanwhile. What would take
 * longer is delivered: too much is better than lost.
 */
const mostStepsTaken = 50_000
/** To compare so many characters is a step, as is to look at a value. Text that nearly matches takes V8 some 10 ns a character. */
const charactersPerStep = 8

const unclean = 'Must not contain NUL or lone surrogates'

type Scalar = string | number | boolean | null
type Compare = (value: Scalar, operand: Scalar) => boolean

const comparisons: Record<string, Compare> = {
  $eq: (value, operand) => value === operand,
  $gt: (value, operand) => order(value, operand) > 0,
  $gte: (value, operand) => order(value, operand) >= 0,
  $lt: (value, operand) => order(value, operand) < 0,
  $lte: (value, operand) => order(value, operand) <= 0,
  $startsWith: (value, operand) => isText(value) && isText(operand) && value.startsWith(operand),
  $endsWith: (value, operand) => isText(value) && isText(operand) && value.endsWith(operand),
  $contains: (value, operand) => isText(value) && isText(operand) && value.includes(operand),
}
const lists = new Set(['$in', '$nin'])
const groups = new Set(['$and', '$or', '$nor'])
const operators = [...Object.keys(comparisons), '$ne', '$in', '$nin', '$exists', '$not', ...groups]

/** Throws `invalid_request` that names every condition that is wrong, from `/filter` on. */
export function checkFilter(filter: EventFilter): void {
  const check = new FilterCheck()
  check.fields(filter, ['filter'], mostLevels)
  if (check.issues.length === 0) return
  throw new LeadhooksError('invalid_request', describeIssues(check.issues), { issues: check.issues })
}

/** Whether the data of an event matches. Of a list in the data any element may. */
export function matchesFilter(filter: EventFilter, data: unknown): boolean {
  const match = new Match()
  return match.fields(filter, data) || match.isBroken
}

class FilterCheck {
  readonly issues: Issue[] = []
  #conditions = 0

  fields(filter: unknown, path: readonly PropertyKey[], levels: number): void {
    if (!isObject(filter)) return this.#refuse(path, 'Must be an object of fields and their conditions')
    if (levels === 0) return this.#refuse(path, `Is nested deeper than ${mostLevels} levels`)
    for (const [name, condition] of Object.entries(filter)) {
      if (this.#isOver()) return
      const at = [...path, name]
      if (groups.has(name)) this.#group(condition, at, levels - 1)
      else if (name.startsWith('$'))
        this.#refuse(at, `There is no such operator here: ${[...groups].join(', ')} are`)
      else {
        this.#name(name, at)
        this.#condition(condition, at, levels - 1)
      }
    }
  }

  #group(parts: unknown, path: readonly PropertyKey[], levels: number): void {
    if (!Array.isArray(parts) || parts.length === 0) return this.#refuse(path, 'Must be a list of filters')
    for (const [index, part] of parts.entries()) {
      if (this.#isOver()) return
      const at = [...path, index]
      // It is looked at like any condition. All others have one in them, and count by that.
      if (isEmpty(part)) this.#count(at)
      this.fields(part, at, levels)
    }
  }

  #name(name: string, path: readonly PropertyKey[]): void {
    if (name.length > longestText || name.split('.').length > mostSteps)
      this.#refuse(path, `A field has at most ${longestText} characters and ${mostSteps} steps`)
    else if (!isCleanText(name)) this.#refuse(path, unclean)
  }

  #condition(condition: unknown, path: readonly PropertyKey[], levels: number): void {
    if (!isObject(condition)) return this.#scalar(condition, path)
    if (levels <= 0) return this.#refuse(path, `Is nested deeper than ${mostLevels} levels`)
    if (isEmpty(condition)) this.#refuse(path, 'Must have an operator')
    for (const [operator, operand] of Object.entries(condition)) {
      if (this.#isOver()) return
      const at = [...path, operator]
      if (operator === '$not') this.#condition(isObject(operand) ? operand : [], at, levels - 1)
      else if (operator === '$exists') this.#exists(operand, at)
      else if (lists.has(operator)) this.#list(operand, at)
      else if (operator === '$ne' || Object.hasOwn(comparisons, operator)) this.#scalar(operand, at)
      else this.#refuse(at, `There is no such operator: ${operators.join(', ')} are`)
    }
  }

  #exists(operand: unknown, path: readonly PropertyKey[]): void {
    this.#count(path)
    if (typeof operand !== 'boolean') this.#refuse(path, 'Must be true or false')
  }

  #list(operand: unknown, path: readonly PropertyKey[]): void {
    if (!Array.isArray(operand) || operand.length === 0) return this.#refuse(path, 'Must be a list of values')
    for (const [index, value] of operand.entries()) {
      if (this.#isOver()) return
      this.#scalar(value, [...path, index])
    }
  }

  #scalar(value: unknown, path: readonly PropertyKey[]): void {
    this.#count(path)
    if (!isScalar(value)) this.#refuse(path, 'Must be text, a number, true, false or null')
    else if (typeof value === 'number' && !Number.isFinite(value))
      this.#refuse(path, 'Must be a finite number')
    else if (isText(value) && value.length > longestText)
      this.#refuse(path, `Must have at most ${longestText} characters`)
    else if (isText(value) && !isCleanText(value)) this.#refuse(path, unclean)
  }

  /** What there is one too many of is said once. */
  #count(path: readonly PropertyKey[]): void {
    this.#conditions++
    if (this.#conditions === mostConditions + 1)
      this.#refuse(path, `There are more than ${mostConditions} conditions`)
  }

  /** To check costs no more than to match, whatever was sent. */
  #isOver(): boolean {
    return this.#conditions > mostConditions || this.issues.length >= mostIssues
  }

  #refuse(path: readonly PropertyKey[], message: string): void {
    this.issues.push({ pointer: pointer(path), message })
  }
}

class Match {
  #left = mostStepsTaken

  /** Whether it has looked at too much to say. */
  get isBroken(): boolean {
    return this.#left <= 0
  }

  fields(filter: EventFilter, data: unknown): boolean {
    return Object.entries(filter).every(([name, condition]) => {
      if (groups.has(name)) return this.#group(name, condition as EventFilter[], data)
      const values: Scalar[] = []
      const exists = this.#collect(data, name.split('.'), 0, values)
      return this.#condition(condition, values, exists)
    })
  }

  #group(name: string, parts: readonly EventFilter[], data: unknown): boolean {
    if (name === '$and') return parts.every((part) => this.fields(part, data))
    const isAny = parts.some((part) => this.fields(part, data))
    return name === '$or' ? isAny : !isAny
  }

  #condition(condition: unknown, values: readonly Scalar[], exists: boolean): boolean {
    if (!isObject(condition)) return this.#any('$eq', values, condition as Scalar)
    return Object.entries(condition).every(([operator, operand]) =>
      this.#holds(operator, operand, values, exists),
    )
  }

  #holds(operator: string, operand: unknown, values: readonly Scalar[], exists: boolean): boolean {
    switch (operator) {
      case '$exists':
        return exists === operand
      case '$ne':
        return !this.#any('$eq', values, operand as Scalar)
      case '$in':
        return (operand as Scalar[]).some((one) => this.#any('$eq', values, one))
      case '$nin':
        return !(operand as Scalar[]).some((one) => this.#any('$eq', values, one))
      case '$not':
        return !this.#condition(operand, values, exists)
      default:
        return this.#any(operator, values, operand as Scalar)
    }
  }

  #any(operator: string, values: readonly Scalar[], operand: Scalar): boolean {
    const compare = comparisons[operator]
    if (compare === undefined) return false
    for (const value of values) {
      this.#left -= stepsOf(operator, value, operand)
      if (this.isBroken) return false
      if (compare(value, operand)) return true
    }
    return false
  }

  /** The values at the end of a path; whether there is anything there at all. */
  #collect(value: unknown, steps: readonly string[], at: number, found: Scalar[]): boolean {
    if (--this.#left <= 0) return false
    if (Array.isArray(value)) return this.#collectAll(value, steps, at, found)
    if (at === steps.length) {
      if (isScalar(value)) found.push(value)
      return true
    }
    const step = steps[at] ?? ''
    return isObject(value) && Object.hasOwn(value, step) && this.#collect(value[step], steps, at + 1, found)
  }

  #collectAll(list: readonly unknown[], steps: readonly string[], at: number, found: Scalar[]): boolean {
    let exists = at === steps.length
    for (const element of list) {
      if (this.isBroken) break
      if (this.#collect(element, steps, at, found)) exists = true
    }
    return exists
  }
}

/** Only a search goes through all of a text; everything else ends with the shorter of two. */
function stepsOf(operator: string, value: Scalar, operand: Scalar): number {
  if (!isText(value) || !isText(operand)) return 1
  const compared = operator === '$contains' ? value.length : Math.min(value.length, operand.length)
  return 1 + compared / charactersPerStep
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function isText(value: Scalar): value is string {
  return typeof value === 'string'
}

/** Numbers stand in order among themselves, and so does text; anything else in none, which compares with nothing. */
function order(value: Scalar, operand: Scalar): number {
  if (typeof value === 'number' && typeof operand === 'number') return value - operand
  if (!isText(value) || !isText(operand)) return Number.NaN
  if (value === operand) return 0
  return value < operand ? -1 : 1
}
