import { LeadhooksError, type Issue } from '../errors.ts'
import { describeIssues, isCleanText, pointer } from '../input.ts'

/**
 * What the data of a request is made of: the names of its fields, and where in the event their values are.
 * `{ email: 'data.contact.email', phone: { $field: 'data.contact.phone', $else: null }, source: { $value: 'crm' } }`.
 */
export type PayloadMapping = Record<string, unknown>

/** What paths lead into. */
export interface MappedEvent {
  id: string
  type: string
  timestamp: string
  data: unknown
}

const roots = new Set(['id', 'type', 'timestamp', 'data'])
const mostFields = 100
const mostLevels = 8
const longestText = 250
const mostSteps = 16
/** More that is wrong is not listed: the list itself would be as long as what was sent. */
const mostIssues = 100

const unclean = 'Must not contain NUL or lone surrogates'

/** Throws `invalid_request` that names every field that is wrong, from `/mapping` on. */
export function checkMapping(mapping: PayloadMapping): void {
  const check = new MappingCheck()
  check.fields(mapping, ['mapping'], mostLevels)
  if (check.issues.length === 0) return
  throw new LeadhooksError('invalid_request', describeIssues(check.issues), { issues: check.issues })
}

/**
 * The data that a mapping makes of an event, as JSON: it is written piece by piece, so that no more than `mostCharacters` is ever
 * put together, however often a mapping has the same value. Throws `payload_too_large`.
 */
export function applyMapping(mapping: PayloadMapping, event: MappedEvent, mostCharacters: number): string {
  return new Writing(event, mostCharacters).fields(mapping)
}

class MappingCheck {
  readonly issues: Issue[] = []
  #fields = 0

  fields(mapping: object, path: readonly PropertyKey[], levels: number): void {
    if (levels === 0) return this.#refuse(path, `Is nested deeper than ${mostLevels} levels`)
    for (const [name, field] of Object.entries(mapping)) {
      if (this.#isOver()) return
      const at = [...path, name]
      if (name.startsWith('$'))
        this.#refuse(
          at,
          'There is no such word here: $field, $else and $value are, each in an object of its own',
        )
      else if (name === '__proto__' || name.length > longestText || !isCleanText(name))
        this.#refuse(at, `A name has at most ${longestText} characters, none of them NUL or a lone surrogate`)
      else this.#field(field, at, levels - 1)
    }
  }

  #field(field: unknown, path: readonly PropertyKey[], levels: number): void {
    if (typeof field === 'string') this.#path(field, path)
    else if (Array.isArray(field)) this.#list(field, path, levels)
    else if (!isObject(field))
      this.#refuse(path, 'Must be a path, an object, or a list; a constant is { $value: … }')
    else if ('$field' in field) this.#pick(field, path)
    else if ('$value' in field) this.#constant(field, path, levels)
    else {
      // An object without fields is written, too.
      if (Object.keys(field).length === 0) this.#count(path)
      this.fields(field, path, levels)
    }
  }

  #list(list: readonly unknown[], path: readonly PropertyKey[], levels: number): void {
    if (levels === 0) return this.#refuse(path, `Is nested deeper than ${mostLevels} levels`)
    if (list.length === 0) this.#count(path)
    for (const [index, field] of list.entries()) {
      if (this.#isOver()) return
      this.#field(field, [...path, index], levels - 1)
    }
  }

  #pick({ $field: field, ...rest }: Record<string, unknown>, path: readonly PropertyKey[]): void {
    this.#path(field, [...path, '$field'])
    for (const [name, value] of Object.entries(rest)) {
      if (name === '$else') this.#scalar(value, [...path, name])
      else this.#refuse([...path, name], 'Beside $field there may be $else only')
    }
  }

  #constant(
    { $value: value, ...rest }: Record<string, unknown>,
    path: readonly PropertyKey[],
    levels: number,
  ): void {
    for (const name of Object.keys(rest)) this.#refuse([...path, name], 'Beside $value there may be nothing')
    this.#value(value, [...path, '$value'], levels)
  }

  #value(value: unknown, path: readonly PropertyKey[], levels: number): void {
    if (typeof value !== 'object' || value === null) {
      this.#count(path)
      return this.#scalar(value, path)
    }
    if (levels === 0) return this.#refuse(path, `Is nested deeper than ${mostLevels} levels`)
    this.#count(path)
    for (const [name, child] of Object.entries(value)) {
      if (this.#isOver()) return
      if (name.length > longestText || !isCleanText(name)) this.#refuse(path, unclean)
      this.#value(child, [...path, name], levels - 1)
    }
  }

  #path(field: unknown, path: readonly PropertyKey[]): void {
    this.#count(path)
    if (typeof field !== 'string') return this.#refuse(path, 'Must be a path: "data.contact.email"')
    const [root = '', ...steps] = field.split('.')
    if (!roots.has(root) || (root !== 'data' && steps.length > 0))
      this.#refuse(
        path,
        'A path is "id", "type", "timestamp", "data", or leads into the data: "data.contact.email"',
      )
    else if (field.length > longestText || steps.length > mostSteps)
      this.#refuse(path, `A path has at most ${longestText} characters and ${mostSteps} steps`)
    else if (steps.includes('')) this.#refuse(path, 'A path must not have two dots in a row, or end with one')
    else if (!isCleanText(field)) this.#refuse(path, unclean)
  }

  #scalar(value: unknown, path: readonly PropertyKey[]): void {
    if (value === null || typeof value === 'boolean') return
    if (typeof value === 'number' && Number.isFinite(value)) return
    if (typeof value !== 'string') this.#refuse(path, 'Must be text, a finite number, true, false or null')
    else if (value.length > longestText) this.#refuse(path, `Must have at most ${longestText} characters`)
    else if (!isCleanText(value)) this.#refuse(path, unclean)
  }

  /** What there is one too many of is said once. */
  #count(path: readonly PropertyKey[]): void {
    this.#fields++
    if (this.#fields === mostFields + 1) this.#refuse(path, `There are more than ${mostFields} fields`)
  }

  /** To check costs no more than to apply, whatever was sent. */
  #isOver(): boolean {
    return this.#fields > mostFields || this.issues.length >= mostIssues
  }

  #refuse(path: readonly PropertyKey[], message: string): void {
    this.issues.push({ pointer: pointer(path), message })
  }
}

class Writing {
  readonly #event: MappedEvent
  readonly #mostCharacters: number
  #characters = 0

  constructor(event: MappedEvent, mostCharacters: number) {
    this.#event = event
    this.#mostCharacters = mostCharacters
  }

  /** A field that the event does not have is left out. */
  fields(mapping: object): string {
    const parts = Object.entries(mapping).flatMap(([name, field]) => {
      const value = this.#field(field)
      return value === undefined ? [] : [`${this.#written(name)}:${value}`]
    })
    return `{${parts.join(',')}}`
  }

  #field(field: unknown): string | undefined {
    if (typeof field === 'string') return this.#picked(field)
    if (Array.isArray(field)) return `[${field.flatMap((one) => this.#field(one) ?? []).join(',')}]`
    if (!isObject(field)) return undefined
    if (typeof field['$field'] === 'string') return this.#picked(field['$field']) ?? this.#otherwise(field)
    if ('$value' in field) return this.#written(field['$value'])
    return this.fields(field)
  }

  #otherwise(field: Record<string, unknown>): string | undefined {
    return '$else' in field ? this.#written(field['$else']) : undefined
  }

  #picked(path: string): string | undefined {
    let value: unknown = this.#event
    for (const step of path.split('.')) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
      value = (value as Record<string, unknown>)[step]
    }
    return this.#written(value)
  }

  #written(value: unknown): string {
    const json = JSON.stringify(value)
    this.#characters += json.length
    if (this.#characters <= this.#mostCharacters) return json
    const message = `What the mapping makes of the event has more than ${this.#mostCharacters} characters`
    throw new LeadhooksError('payload_too_large', message)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
