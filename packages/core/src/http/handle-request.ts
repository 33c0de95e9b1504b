import type { Context } from '../context.ts'
import { isLeadhooksError, LeadhooksError, notFound } from '../errors.ts'
import { describeEventTypes, type EventType } from '../events/event-types.ts'
import { organizationId, parseInput } from '../input.ts'
import type { Leadhooks } from '../leadhooks.ts'
import type { LimitDecision } from '../rate-limit/rate-limiter.ts'
import { serveApiReference } from './api-reference/serve-api-reference.ts'
import { answerOnce } from './answer-once.ts'
import { authenticate } from './authenticate.ts'
import type { Caller, FetchOptions } from './caller.ts'
import type { PathMatch } from './match-path.ts'
import { answerHeaders, problemResponse } from './problem.ts'
import { countPublished } from './publishing-limit.ts'
import { readQuery } from './query.ts'
import { rateLimitHeaders } from './rate-limit-headers.ts'
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
  const response = await respond(leadhooks, ctx, request, options).catch(asProblem(ctx, request))
  if (request.method !== 'HEAD') return response
  // A stream would wait for its reader.
  await response.body?.cancel()
  return new Response(null, response)
}

async function respond(
  leadhooks: Leadhooks,
  ctx: Context,
  request: Request,
  options: FetchOptions,
): Promise<Response> {
  const url = new URL(request.url)
  const basePath = normalizeBasePath(options.basePath ?? '')
  const path = pathBelow(url.pathname, basePath)
  if (request.method === 'GET' || request.method === 'HEAD') {
    const page = await serveApiReference(path)
    if (page !== undefined) return page
  }
  const match = matchPath(path) ?? nothingAt(url.pathname)
  const route = match.routes.get(request.method === 'HEAD' ? 'GET' : request.method)
  if (route === undefined) return otherMethod(request.method, match)
  const id = decodeId(match.encodedId)

  const caller = await identify(leadhooks, ctx, request, route, options)
  const response = await answerCaller(leadhooks, ctx, request, route, { caller, id, basePath }).catch(
    asProblem(ctx, request),
  )
  return withHeaders(response, rateLimitHeaders(caller.limits))
}

/** Who is calling is known: checks what they sent, and does what they ask. */
async function answerCaller(
  leadhooks: Leadhooks,
  ctx: Context,
  request: Request,
  route: Route,
  { caller, id, basePath }: { caller: Caller; id: string; basePath: string },
): Promise<Response> {
  if (!caller.hasApiKey) checkSameSite(request)
  const query = readQuery(route.query, new URL(request.url).searchParams)
  const body = await readBody(request, route.body, ctx.settings.limits)
  const { organizationId, actor } = caller
  const scoped = { organizationId, id }
  const idempotencyKey = request.headers.get('idempotency-key') ?? undefined
  const typesInCode = (): EventType[] => describeEventTypes(ctx.catalogue)
  const from = { caller, actor, organizationId, scoped, idempotencyKey }
  const lastEventId = request.headers.get('last-event-id') ?? undefined
  const call = { leadhooks, ...from, body, query, typesInCode, basePath, lastEventId }
  let published: LimitDecision | undefined
  const { answer, isRepeated } = await answerOnce(ctx, route, call, async () => {
    if (route.publishes) published = await countPublished(ctx, organizationId, route.publishes(body))
    return route.handle(call)
  })
  const response = answer instanceof Response ? answer : jsonResponse(route, answer)
  if (isRepeated) response.headers.set('idempotency-replayed', 'true')
  return withHeaders(response, rateLimitHeaders(both(caller.limits, published)))
}

/** How all limits of a request stand that was let through by each. */
function both(one: LimitDecision | undefined, other: LimitDecision | undefined): LimitDecision | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return { ...one, limits: [...one.limits, ...other.limits], degraded: one.degraded || other.degraded }
}

function asProblem(ctx: Context, request: Request): (error: unknown) => Response {
  return (error) => {
    if (!isLeadhooksError(error) || error.status >= 500) logFault(ctx, request, error)
    return problemResponse(error)
  }
}

/** Those that an answer has of its own stay. */
function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers))
    if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}

/** `''` or `/api/v1`, written the way `URL` writes it. */
function normalizeBasePath(basePath: string): string {
  return new URL(`http://localhost/${basePath.replace(/^\//, '')}`).pathname.replace(/\/$/, '')
}

function pathBelow(pathname: string, basePath: string): string {
  if (pathname === basePath || pathname.startsWith(`${basePath}/`)) return pathname.slice(basePath.length)
  return nothingAt(pathname)
}

function nothingAt(pathname: string): never {
  throw new LeadhooksError('not_found', `There is nothing at ${pathname}`)
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

const nobody: Caller = {
  actor: { type: 'system', id: 'nobody' },
  organizationId: '',
  access: { permissions: [], except: [] },
  hasApiKey: false,
  isStaff: false,
  limits: undefined,
}

async function identify(
  leadhooks: Leadhooks,
  ctx: Context,
  request: Request,
  { permission, method, path, isForStaff = false }: Route,
  { authorize, clientAddress }: FetchOptions,
): Promise<Caller> {
  if (permission === null) return nobody
  const ip = ctx.clientAddress(clientAddress, request.headers.get('x-forwarded-for'))
  const required = { permissions: [permission], route: `${method} ${path}`, ip }
  const caller = await authenticate(leadhooks, request, required, authorize)
  if (isForStaff && !caller.isStaff)
    throw new LeadhooksError(
      'forbidden',
      'This is for staff: callers whom `authorize` lets act for all organizations',
    )
  return caller.isStaff && !isForStaff ? actingFor(caller, request) : caller
}

/** Staff say which organization they act for. */
function actingFor(caller: Caller, request: Request): Caller {
  const message = 'A caller for all organizations names one: send its id as `Leadhooks-Organization`'
  const name = request.headers.get('leadhooks-organization')
  if (name === null) throw new LeadhooksError('invalid_request', message)
  return { ...caller, organizationId: parseInput(organizationId, name) }
}

function jsonResponse(route: Route, answer: unknown): Response {
  const status = statusOf(route)
  if (status === 204) return new Response(null, { status, headers: answerHeaders })
  const body = Buffer.from(JSON.stringify(answer))
  const headers = {
    ...answerHeaders,
    ...(route.cacheSeconds !== undefined && { 'cache-control': `public, max-age=${route.cacheSeconds}` }),
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
