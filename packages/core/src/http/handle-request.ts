import type { Context } from '../context.ts'
import { isLeadhooksError, LeadhooksError, notFound } from '../errors.ts'
import type { Leadhooks } from '../leadhooks.ts'
import { authenticate } from './authenticate.ts'
import type { Caller, FetchOptions } from './caller.ts'
import type { PathMatch } from './match-path.ts'
import { answerHeaders, problemResponse } from './problem.ts'
import { readQuery } from './query.ts'
import { readBody } from './read-body.ts'
import { type Route, statusOf } from './route.ts'
import { matchPath } from './routes.ts'
import { checkSameSite } from './same-site.ts'

/** Answers one request to the management API. Never throws: whatever goes wrong is answered as a problem. */
export async function handleRequest(
  leadhooks: Leadhooks,
  ctx: Context,
  request: Request,
  options: FetchOptions = {},
): Promise<Response> {
  const response = await respond(leadhooks, ctx, request, options).catch((error: unknown) => {
    if (!isLeadhooksError(error) || error.status >= 500) logFault(ctx, request, error)
    return problemResponse(error)
  })
  return request.method === 'HEAD' ? new Response(null, response) : response
}

async function respond(
  leadhooks: Leadhooks,
  ctx: Context,
  request: Request,
  options: FetchOptions,
): Promise<Response> {
  const url = new URL(request.url)
  const basePath = normalizeBasePath(options.basePath ?? '')
  const match = findPath(url.pathname, basePath)
  const route = match.routes.get(request.method === 'HEAD' ? 'GET' : request.method)
  if (route === undefined) return otherMethod(request.method, match)
  const id = decodeId(match.encodedId)

  const caller = await identify(leadhooks, request, route, options)
  if (!caller.hasApiKey) checkSameSite(request)
  const query = readQuery(route.query, url.searchParams)
  const body = await readBody(request, route.body, ctx.settings.limits)

  const { organizationId } = caller
  const call = { leadhooks, caller, organizationId, scoped: { organizationId, id }, body, query, basePath }
  return jsonResponse(statusOf(route), await route.handle(call))
}

/** `''` or `/api/v1`, written the way `URL` writes it. */
function normalizeBasePath(basePath: string): string {
  return new URL(`http://localhost/${basePath.replace(/^\//, '')}`).pathname.replace(/\/$/, '')
}

function findPath(pathname: string, basePath: string): PathMatch {
  const isInside = pathname === basePath || pathname.startsWith(`${basePath}/`)
  const match = isInside ? matchPath(pathname.slice(basePath.length)) : null
  if (match === null) throw new LeadhooksError('not_found', `There is nothing at ${pathname}`)
  return match
}

function otherMethod(method: string, { routes }: PathMatch): Response {
  const methods = [...routes.keys(), ...(routes.has('GET') ? ['HEAD'] : []), 'OPTIONS']
  const allow = methods.join(', ')
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { ...answerHeaders, allow } })
  return problemResponse(
    new LeadhooksError('method_not_allowed', `${method} is not for this path: ${allow} are`),
    { allow },
  )
}

function decodeId(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw notFound('row', encoded)
  }
}

const nobody: Caller = { organizationId: '', access: { permissions: [], except: [] }, hasApiKey: false }

async function identify(
  leadhooks: Leadhooks,
  request: Request,
  { permission }: Route,
  { authorize }: FetchOptions,
): Promise<Caller> {
  return permission === null ? nobody : authenticate(leadhooks, request, permission, authorize)
}

function jsonResponse(status: number, answer: unknown): Response {
  if (status === 204) return new Response(null, { status, headers: answerHeaders })
  const body = Buffer.from(JSON.stringify(answer))
  const headers = {
    ...answerHeaders,
    'content-type': 'application/json',
    'content-length': String(body.length),
  }
  return new Response(body, { status, headers })
}

function logFault({ logger }: Context, request: Request, error: unknown): void {
  // The path without the query: filters may hold what belongs to customers.
  const { pathname } = new URL(request.url)
  logger.error(
    { err: error, method: request.method, path: pathname },
    'A request to the management API failed',
  )
}
