import type { Leadhooks } from '@leadhooks/core'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { Problem } from './problem.ts'
import { authorize } from './session.ts'

interface Call {
  method: string
  /** Of the management API: `/webhooks`. */
  path: string
  body?: unknown
  /** What is undefined is left out. */
  query?: Record<string, string | undefined>
}

/** Field names of the management API, and what they are called here. */
export type Names = Record<string, string>

export type CallApi = (
  req: Request,
  res: Response,
  call: Call,
  names?: Names,
) => Promise<Record<string, unknown>>

const problem = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
})

/**
 * Calls the management API of Leadhooks for whoever sent `req`: permissions, limits, checks and the audit log are those of the
 * caller. A refusal is thrown as a `Problem`, which speaks of the fields as they are called here.
 */
export function managementApi(leadhooks: Leadhooks): CallApi {
  return async (req, res, { method, path, body, query = {} }, names = {}) => {
    const url = new URL(path, `${req.protocol}://${req.get('host') ?? 'localhost'}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value)
    const request = new Request(url, {
      method,
      headers: headersOf(req),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer = await leadhooks.fetch(request, { clientAddress: req.ip, authorize: () => authorize(req) })
    for (const [name, value] of answer.headers) if (/ratelimit|^retry-after$/.test(name)) res.set(name, value)
    const content: unknown = answer.status === 204 ? {} : await answer.json()
    if (answer.ok) return z.looseObject({}).parse(content)
    const { code, detail, errors } = problem.parse(content)
    throw new Problem(
      answer.status,
      code,
      detail,
      errors.map(({ pointer, detail: what }) => ({ pointer: renamed(pointer, names), detail: what })),
    )
  }
}

/** Who is calling, from which site, and for which time. */
const forwarded = ['authorization', 'x-api-key', 'user-agent', 'origin', 'sec-fetch-site', 'idempotency-key']

function headersOf(req: Request): Headers {
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const name of forwarded) {
    const value = req.get(name)
    if (value !== undefined) headers.set(name, value)
  }
  return headers
}

function renamed(pointer: string, names: Names): string {
  return pointer.replace(/^\/[^/]+/, (field) => `/${names[field.slice(1)] ?? field.slice(1)}`)
}
