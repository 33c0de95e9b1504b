import type { Issue } from '../errors.ts'
import { pointer } from '../input.ts'
import { compilePattern } from './linear-pattern.ts'

const dialect = 'https://json-schema.org/draft/2020-12/schema'
const mostBytes = 65_536
const mostLevels = 32
/** What one event may cost to be checked: some hundreds of milliseconds at the very worst. */
const mostCost = 3000
/** What is checked for each item of a list, or each field of an object, costs so many times as much. */
const repeatedCost = 10
/** Each item of a list of unique ones is compared with each other. */
const mostUniqueItems = 200
const uniqueItemsCost = 150

/** How many schemas, values and steps of patterns there are, and how many of them are for each item or field. */
interface Count {
  all: number
  repeated: number
}

const none: Count = { all: 0, repeated: 0 }
const once = (all: number): Count => ({ all, repeated: 0 })
const sum = (counts: readonly Count[]): Count =>
  counts.reduce(
    (total, { all, repeated }) => ({ all: total.all + all, repeated: total.repeated + repeated }),
    none,
  )

/** What stands behind a keyword: a schema, a list of them, an object of them, values, or something that needs no look. */
type Content = 'schema' | 'list' | 'map' | 'values' | 'plain'

const repeating = new Set([
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'patternProperties',
])

const keywords: Record<string, Content> = {
  ...each(
    'schema',
    'items contains additionalProperties propertyNames unevaluatedItems unevaluatedProperties',
  ),
  ...each('schema', 'not if then else'),
  ...each('list', 'allOf anyOf oneOf prefixItems'),
  ...each('map', 'properties patternProperties dependentSchemas $defs'),
  ...each('values', 'enum const required dependentRequired'),
  ...each('plain', '$ref $schema $comment type pattern format uniqueItems'),
  ...each('plain', 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength'),
  ...each('plain', 'minItems maxItems minContains maxContains minProperties maxProperties'),
  ...each('plain', 'title description default examples deprecated readOnly writeOnly'),
  ...each('plain', 'contentEncoding contentMediaType'),
}

function each(content: Content, names: string): Record<string, Content> {
  return Object.fromEntries(names.split(' ').map((name) => [name, content]))
}

/**
 * What must not be in a schema that may come from anybody: references to elsewhere or in a circle, keywords that nobody here knows,
 * patterns that cannot be matched in linear time, and more than an event could be checked by in a moment. The first fault; null where
 * there is none.
 */
export function findSchemaFault(schema: Record<string, unknown>): Issue | null {
  if (Buffer.byteLength(JSON.stringify(schema)) > mostBytes)
    return { pointer: '', message: `Must have at most ${mostBytes} bytes as JSON` }
  try {
    const { all, repeated } = new Walk(schema).countOf(schema, [])
    const cost = all + (repeatedCost - 1) * repeated
    return cost <= mostCost ? null : { pointer: '', message: tooCostly(all, repeated) }
  } catch (error) {
    if (error instanceof SchemaFault) return error.issue
    throw error
  }
}

const tooCostly = (all: number, repeated: number): string =>
  `Takes too long: with all that it refers to it has ${all} schemas, values and steps of patterns, ${repeated} of them for each item of a list or field of an object; ${mostCost} are allowed, and those for each count ${repeatedCost} times`

class SchemaFault extends Error {
  readonly issue: Issue

  constructor(path: readonly string[], message: string) {
    super(message)
    this.issue = { pointer: pointer(path), message }
  }
}

class Walk {
  readonly #definitions: Record<string, unknown>
  /** What is in each definition; null while that is being found out. */
  readonly #counts = new Map<string, Count | null>()

  constructor({ $defs }: Record<string, unknown>) {
    this.#definitions = isObject($defs) ? $defs : {}
  }

  countOf(schema: unknown, path: readonly string[]): Count {
    if (typeof schema === 'boolean') return once(1)
    if (!isObject(schema)) throw new SchemaFault(path, 'Must be a schema: an object, true or false')
    if (path.length > mostLevels * 2) throw new SchemaFault(path.slice(0, 8), 'Is nested too deep')
    const parts = Object.entries(schema).map(([keyword, value]) => {
      const count = this.#countOf(keyword, value, path, schema)
      return repeating.has(keyword) ? { all: count.all, repeated: count.all } : count
    })
    return sum([once(1), ...parts])
  }

  #countOf(keyword: string, value: unknown, path: readonly string[], schema: Record<string, unknown>): Count {
    const at = [...path, keyword]
    const content = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined
    if (content === undefined) throw new SchemaFault(at, 'Is no keyword that is supported here')
    if (content === 'schema') return this.countOf(value, at)
    if (content === 'list') return this.#sumOf(Array.isArray(value) ? value : [], at)
    if (content === 'map') return this.#countOfMap(keyword, isObject(value) ? value : {}, at)
    if (content === 'values') return once(valuesIn(value))
    return this.#countOfPlain(keyword, value, at, schema)
  }

  #countOfPlain(keyword: string, value: unknown, at: string[], schema: Record<string, unknown>): Count {
    if (keyword === '$ref') return this.#countOfReference(value, at)
    if (keyword === 'pattern') return once(stepsOf(value, at))
    if (keyword === '$schema' && (value !== dialect || at.length > 1))
      throw new SchemaFault(at, `Must be "${dialect}", at the top, or left out`)
    if (keyword !== 'uniqueItems' || value !== true) return none
    if (!(Number(schema['maxItems']) <= mostUniqueItems))
      throw new SchemaFault(at, `Needs a \`maxItems\` of at most ${mostUniqueItems} beside it`)
    return once(uniqueItemsCost)
  }

  #countOfMap(keyword: string, schemas: Record<string, unknown>, at: string[]): Count {
    const patterns = keyword === 'patternProperties' ? Object.keys(schemas) : []
    const ofPatterns = patterns.map((pattern) => once(stepsOf(pattern, [...at, pattern])))
    const own = this.#sumOf(schemas, at)
    // Definitions count where they are referred to; here it is only seen to it that they are sound.
    return keyword === '$defs' ? none : sum([own, ...ofPatterns])
  }

  #sumOf(schemas: Record<string, unknown> | unknown[], at: string[]): Count {
    return sum(Object.entries(schemas).map(([key, schema]) => this.countOf(schema, [...at, key])))
  }

  #countOfReference(reference: unknown, at: string[]): Count {
    const [, encoded] = /^#\/\$defs\/([^/]+)$/.exec(String(reference)) ?? []
    const name = encoded?.replaceAll('~1', '/').replaceAll('~0', '~')
    if (name === undefined || !Object.hasOwn(this.#definitions, name))
      throw new SchemaFault(at, 'Must refer to one of the `$defs` of this schema: "#/$defs/address"')
    const known = this.#counts.get(name)
    if (known === null) throw new SchemaFault(at, 'Refers to itself in a circle')
    if (known !== undefined) return known
    this.#counts.set(name, null)
    const count = this.countOf(this.#definitions[name], ['$defs', name])
    this.#counts.set(name, count)
    return count
  }
}

function stepsOf(pattern: unknown, at: readonly string[]): number {
  try {
    return compilePattern(String(pattern)).steps
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read'
    throw new SchemaFault(at, `Must be a pattern that can be matched in linear time (RE2): ${reason}`)
  }
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((total, child) => total + valuesIn(child), 1)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
