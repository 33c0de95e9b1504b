import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, Options, ValidateFunction } from 'ajv/dist/2020.js'
import { isLeadhooksError, type Issue, LeadhooksError } from '../errors.ts'
import { pointer } from '../input.ts'
import { compilePattern } from './linear-pattern.ts'
import { findSchemaFault } from './schema-limits.ts'

/** Answers the first thing that is wrong with a value; null where nothing is. */
export type SchemaCheck = (data: unknown) => Issue | null

/**
 * Makes a check of a JSON Schema (2020-12); `format` is a note and checks nothing. Throws `invalid_request` for one that is none, or
 * that could not be checked by safely.
 */
export function compileSchema(schema: Record<string, unknown>): SchemaCheck {
  const fault = findSchemaFault(schema)
  if (fault !== null) throw refused(fault)
  const validate = compile(schema)
  return (data) => {
    if (validate(data)) return null
    const error = validate.errors?.at(-1)
    return error === undefined ? { pointer: '', message: 'Is not valid' } : toIssue(error)
  }
}

function compile(schema: Record<string, unknown>): ValidateFunction {
  try {
    metaschema ??= createAjv({})
    if (metaschema.validateSchema(schema) !== true)
      throw refused({ pointer: '', message: metaschema.errorsText(metaschema.errors, { dataVar: 'it' }) })
    // One for each schema: it would keep something of all that it has ever compiled.
    return createAjv({ meta: false, validateSchema: false }).compile(schema)
  } catch (error) {
    if (isLeadhooksError(error)) throw error
    throw refused({ pointer: '', message: error instanceof Error ? error.message : 'Is no JSON Schema' })
  }
}

/** Knows what a schema of the dialect looks like. */
let metaschema: Ajv2020 | undefined

/** Loaded by those who register event types, and by nobody else. */
function createAjv(options: Options): Ajv2020 {
  const { Ajv2020: Ajv } = createRequire(import.meta.url)('ajv/dist/2020.js') as {
    Ajv2020: typeof Ajv2020
  }
  return new Ajv({
    ...options,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    validateFormats: false,
    inlineRefs: false,
    logger: false,
    code: { regExp: Object.assign(compilePattern, { code: 'compilePattern' }) },
  })
}

function refused({ pointer: at, message }: Issue): LeadhooksError {
  const issue = { pointer: `/schema${at}`, message }
  return new LeadhooksError('invalid_request', `${issue.pointer}: ${message}`, { issues: [issue] })
}

/** Fields that are missing, or do not belong, are named themselves. */
function toIssue({ instancePath, params, message = 'Is not valid' }: ErrorObject): Issue {
  const { missingProperty, additionalProperty, unevaluatedProperty } = params as Record<
    string,
    string | undefined
  >
  if (missingProperty !== undefined)
    return { pointer: instancePath + pointer([missingProperty]), message: 'Is missing' }
  const unknown = additionalProperty ?? unevaluatedProperty
  if (unknown !== undefined) return { pointer: instancePath + pointer([unknown]), message: 'Unknown field' }
  return { pointer: instancePath, message: message.charAt(0).toUpperCase() + message.slice(1) }
}
