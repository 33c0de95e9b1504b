import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

/** A pattern of JSON Schema, matched in time that grows with the text alone: RE2 has neither look-around nor back-references. */
export interface LinearPattern {
  test(text: string): boolean
  /** How long its program is: what each character of a text may cost. */
  steps: number
  /** The pattern: ajv tells one from another by it. */
  toString(): string
}

/** Throws for one that is none, or that RE2 does not have. */
export function compilePattern(pattern: string): LinearPattern {
  // Loaded by those who register event types, and by nobody else.
  const { RE2JS: engine } = createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS }
  const compiled = engine.compile(engine.translateRegExp(pattern))
  const test = (text: string): boolean => compiled.test(text)
  return { test, steps: compiled.programSize(), toString: () => pattern }
}
