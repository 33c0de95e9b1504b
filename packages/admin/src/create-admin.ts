import { type Leadhooks, LeadhooksError, isLeadhooksError } from '@leadhooks/core'
import { problemResponse } from '@leadhooks/core/node-http'
import { type AdminActor, checkActor } from './admin-actor.ts'
import { type AdminSettings, type CheckedSettings, checkSettings } from './options.ts'
import { actorOfCookie, openSession } from './open-session.ts'
import { type Place, placeOf } from './place-of.ts'
import { securityHeaders } from './security-headers.ts'
import { serveApi } from './serve-api.ts'
import { serveAsset } from './serve-asset.ts'
import { redirect, servePage, turnAway } from './serve-page.ts'
import { serveSession } from './serve-session.ts'
import type { Visitor } from './session.ts'

/** What is known of one request apart from itself. */
export interface Arrival {
  /** The rule of the host, on this request. */
  authorize: () => AdminActor | null | undefined | Promise<AdminActor | null | undefined>
  /** Where it comes from, for the audit log. @default unknown */
  clientAddress?: string | undefined
}

export type Admin = (request: Request, arrival: Arrival) => Promise<Response>

/** The admin UI, apart from the framework that it is mounted in. Throws `invalid_options`. */
export function createAdmin(leadhooks: Pick<Leadhooks, 'fetch'>, given: AdminSettings): Admin {
  const settings = checkSettings(given)
  const headers = Object.entries(securityHeaders(settings))
  return async (request, arrival) => {
    const answered = await answer(leadhooks, settings, request, arrival)
    const response = request.method === 'HEAD' ? new Response(null, answered) : answered
    for (const [name, value] of headers) response.headers.set(name, value)
    return response
  }
}

async function answer(
  leadhooks: Pick<Leadhooks, 'fetch'>,
  settings: CheckedSettings,
  request: Request,
  arrival: Arrival,
): Promise<Response> {
  const place = placeOf(new URL(request.url).pathname)
  const { portal } = settings
  if (portal !== undefined && place.kind === 'session' && request.method === 'POST')
    return openSession(portal, request).catch(asProblem)
  if (place.kind !== 'api' && request.method !== 'GET' && request.method !== 'HEAD')
    return problemResponse(notForReading(request.method), { allow: 'GET, HEAD' })
  // Files are the same for everybody, and hold nothing of anybody.
  if (place.kind === 'asset') return serveAsset(request, place.name).catch(asProblem)
  // Relative, since a proxy may have cut off what came before; with a dot, so that no name is taken for a scheme.
  if (place.kind === 'bare') return redirect(`./${place.name}/`)

  const actor = (await arrival.authorize()) ?? (portal && actorOfCookie(portal, request))
  if (actor === null || actor === undefined) return refuse(settings, place)
  const visitor = checkActor(actor, settings.readOnly)
  return serve(leadhooks, settings, request, { place, visitor, arrival })
}

/** Who is there is known. */
async function serve(
  leadhooks: Pick<Leadhooks, 'fetch'>,
  settings: CheckedSettings,
  request: Request,
  {
    place,
    visitor,
    arrival,
  }: { place: Exclude<Place, { kind: 'asset' | 'bare' }>; visitor: Visitor; arrival: Arrival },
): Promise<Response> {
  if (place.kind === 'page') return servePage()
  if (place.kind === 'session') return serveSession(visitor, settings)
  const { basePath } = place
  const { clientAddress } = arrival
  return serveApi(leadhooks, settings, request, { visitor, basePath, clientAddress }).catch(asProblem)
}

/** With a portal, the page comes before the session: the code that opens one is in its address, which no server sees. */
function refuse(settings: CheckedSettings, place: Place): Promise<Response> | Response {
  if (place.kind !== 'page') return problemResponse(signedOut())
  return settings.portal === undefined ? turnAway(settings) : servePage()
}

function asProblem(error: unknown): Response {
  if (isLeadhooksError(error)) return problemResponse(error)
  throw error
}

function signedOut(): LeadhooksError {
  return new LeadhooksError('signed_out', 'Nobody is signed in: sign in, and load the page again')
}

function notForReading(method: string): LeadhooksError {
  return new LeadhooksError('method_not_allowed', `${method} is not for this path: GET and HEAD are`)
}
