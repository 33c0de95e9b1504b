import { z } from 'zod'

/** An answer that is no success, with the `code` of its problem document. */
export class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(request: string, status: number, { code, detail }: z.output<typeof problem>) {
    super(`${request} answered ${status} ${code}: ${detail}`)
    this.status = status
    this.code = code
  }
}

const problem = z
  .object({ code: z.string(), detail: z.string() })
  .catch({ code: '', detail: 'no problem document' })

/** `call('POST /leads', answerSchema, body)`: sends and reads JSON, and throws `Refused` for what is no success. */
export type Call = <Answer extends z.ZodType>(
  request: `${'GET' | 'POST' | 'PATCH'} /${string}`,
  answer: Answer,
  body?: unknown,
) => Promise<z.output<Answer>>

/** Calls the CRM's API with an API key. */
export function createClient(baseUrl: string, token: string): Call {
  return async (request, answer, body) => {
    const [method = 'GET', path = '/'] = request.split(' ')
    const response = await fetch(baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const content: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new Refused(request, response.status, problem.parse(content))
    return answer.parse(content)
  }
}
