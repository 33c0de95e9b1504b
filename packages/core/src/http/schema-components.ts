import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

/** The JSON Schemas of an OpenAPI document: what has a name is described once, under `components`, and referred to. */
export interface SchemaComponents {
  schemas: Record<string, JsonSchema>
  /** A zod schema, with all that has an id in its metadata as a component. `io` says whether it is sent or answered. */
  describe(schema: z.ZodType, io: 'input' | 'output'): JsonSchema
  /** A JSON Schema that was made elsewhere, as the component `name`. */
  embed(name: string, schema: unknown): JsonSchema
}

export function createSchemaComponents(): SchemaComponents {
  const schemas: Record<string, JsonSchema> = {}

  /** Moves the definitions of a schema among the components, and answers what is left of it. */
  function hoist(schema: unknown, rename: (ref: string) => string): JsonSchema {
    const { $defs = {}, ...root } = mapRefs(schema, rename)
    for (const [id, definition] of Object.entries($defs))
      schemas[nameOf(rename(`#/$defs/${id}`))] = definition
    delete root['$schema']
    delete root['$id']
    return root
  }

  return {
    schemas,
    describe(schema, io) {
      const described = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: tidy })
      return hoist(described, (ref) => ref.replace('#/$defs/', componentsPath))
    },
    embed(name, schema) {
      const own = `${componentsPath}${name}`
      schemas[name] = hoist(schema, (ref) =>
        ref.replace(/^#(\/\$defs\/)?/, (_, inner) => (inner ? `${own}.` : own)),
      )
      return { $ref: own }
    },
  }
}

const componentsPath = '#/components/schemas/'

const nameOf = (ref: string): string => ref.slice(componentsPath.length)

function mapRefs(
  schema: unknown,
  rename: (ref: string) => string,
): JsonSchema & { $defs?: Record<string, JsonSchema> } {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? rename(value) : value,
  )
}

/** Takes out what zod writes and no reader needs. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  const { def } = zodSchema._zod
  // Answers may gain fields; only inputs are held to the ones that are named.
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema['additionalProperties']
  // The format says it; the pattern repeats the calendar in 300 characters, and a `Date` is no JSON.
  if (jsonSchema['format'] === 'date-time') ['pattern', 'anyOf'].forEach((key) => delete jsonSchema[key])
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum']
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum']
}
