import { z } from 'zod'
import { LeadhooksError, type Issue } from './errors.ts'

/** Checks an input once, at the door. Throws `invalid_request` that names every field that is wrong. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = safeParse(schema, input)
  if (result.success) return result.data
  const issues = toIssues(result.error)
  throw new LeadhooksError('invalid_request', describeIssues(issues), { issues })
}

/** An input can be an object whose getters throw. */
function safeParse<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.ZodSafeParseResult<z.output<Schema>> {
  try {
    return schema.safeParse(input)
  } catch (cause) {
    throw new LeadhooksError('invalid_request', 'The input cannot be read: something in it threw', { cause })
  }
}

/** The issues of a zod error, each with the JSON pointer of its field; a field that does not belong has its own pointer. */
export function toIssues(error: z.ZodError, base = ''): Issue[] {
  return error.issues.flatMap((issue) => {
    const path = base + pointer(issue.path)
    if (issue.code !== 'unrecognized_keys') return [{ pointer: path, message: issue.message }]
    return issue.keys.map((key) => ({ pointer: path + pointer([key]), message: 'Unknown field' }))
  })
}

/** `/data: must be a string; /name: …`, for the message of an error. */
export function describeIssues(issues: readonly Issue[]): string {
  return issues
    .map((issue) => (issue.pointer === '' ? issue.message : `${issue.pointer}: ${issue.message}`))
    .join('; ')
}

/** A JSON pointer (RFC 6901). */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

// NUL is refused by Postgres, and a lone surrogate becomes another character on its way through UTF-8.
export const isCleanText = (value: string): boolean => !value.includes('\u0000') && value.isWellFormed()

/** Text that every database keeps as it is. */
export const text = (maxLength: number) =>
  z.string().min(1).max(maxLength).refine(isCleanText, 'Must not contain NUL or lone surrogates')

export const organizationId = text(128).meta({ description: "The organization, by the host's own id" })

/** A `Date`, or its text in RFC 3339. */
export const date = z
  .union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))], {
    error: 'Must be a date and time like 2027-01-31T12:00:00Z',
  })
  .meta({ type: 'string', format: 'date-time' })

/** The id of a row, in whatever form: one of the wrong form is simply not found. */
export const id = text(200)

/** An id that travels in the `webhook-id` header and in the signed content, where `.` separates. */
export const eventId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,128}$/, 'Must be 1 to 128 letters, digits, "_" or "-"')
  .meta({ description: 'Unique in the organization. A repeated id makes no second event' })

/** `contact.created`: words of letters, digits and underscores, joined by dots. */
export const eventTypeName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/, 'Must be words of letters, digits and "_", joined by "."')

/** `project-42`: a part of an organization that events belong to. */
export const channel = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'Must be 1 to 128 letters, digits, ".", "_", ":" or "-"')

/** Names one row. A whole row names itself: what else it holds is not looked at. */
export const scoped = z.object({ organizationId, id })

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without the fields that are there but undefined: what is left out of a change is not changed. */
export function definedOf<T extends object>(changes: T): Defined<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Defined<T>
}
