import type { Request } from 'express'
import type { z } from 'zod'
import { Problem } from './problem.ts'

/** The body of a request, checked. What is wrong with it is thrown, for `answerProblem` to tell. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  { body }: Pick<Request, 'body'>,
): z.output<Schema> {
  // Left undefined by express.json() when the content type is another one.
  if (body === undefined) {
    throw new Problem(415, 'unsupported_media_type', 'Send JSON, with `Content-Type: application/json`')
  }
  return schema.parse(body)
}
