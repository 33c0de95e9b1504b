import { z } from 'zod'
import { LeadhooksError } from '../errors.ts'
import { parseInput } from '../input.ts'
import { pageInput } from '../pages.ts'

export const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'Must be a whole number, written in digits alone')
  .transform(Number)
  .pipe(z.int())

/** `true` or `false`, as a query carries them. */
export const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .pipe(z.boolean())
  .optional()

const { limit } = pageInput.shape

/** `limit` and `cursor`, as the query of a list carries them. Filters are added by `.extend`. */
export const pageQuery = pageInput.extend({
  limit: wholeNumber
    .pipe(limit.unwrap())
    .default(limit.def.defaultValue)
    .meta({ description: 'How many rows at most' }),
})

const noQuery = z.strictObject({})

/** Checks the query of a request; parameters that a route does not know are refused. */
export function readQuery(
  schema: z.ZodObject = noQuery,
  parameters: URLSearchParams,
): Record<string, unknown> {
  for (const name of parameters.keys()) {
    if (parameters.getAll(name).length > 1) throw repeated(name)
  }
  return parseInput(schema, Object.fromEntries(parameters))
}

function repeated(name: string): LeadhooksError {
  const message = 'Given more than once'
  return new LeadhooksError('invalid_request', `${name}: ${message}`, {
    issues: [{ pointer: `/${name}`, message }],
  })
}
