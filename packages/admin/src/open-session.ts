import { LeadhooksError } from '@leadhooks/core'
import { checkSameSite, readBytes } from '@leadhooks/core/node-http'
import type { AdminActor } from './admin-actor.ts'
import type { PortalSessions } from './portal-sessions.ts'

const cookieName = 'leadhooks-portal'
/** Codes have 43 characters. */
const limits = { maxBodyBytes: 200 }

/** Takes the code that the page has found in its address, and answers a cookie that scripts cannot read. */
export async function openSession(portal: PortalSessions, request: Request): Promise<Response> {
  checkSameSite(request)
  const code = await readCode(request)
  const opened = portal.redeem(code)
  if (opened === null)
    throw new LeadhooksError('signed_out', 'This link was used before, or is too old: ask for another one')
  const isSecure = new URL(request.url).protocol === 'https:'
  // Without a path: browsers take the folder that they asked, below which all data is, wherever that is mounted.
  const cookie = [
    `${cookieName}=${opened.token}`,
    `Max-Age=${opened.seconds}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isSecure ? ['Secure'] : []),
  ]
  return new Response(null, {
    status: 204,
    headers: { 'set-cookie': cookie.join('; '), 'cache-control': 'no-store' },
  })
}

/** Nobody is known yet who asks for this: no more is read than a code has, and what is longer is none. */
async function readCode({ body }: Request): Promise<string> {
  if (body === null) return ''
  return readBytes(body, limits).then(String, () => '')
}

/** Who has such a cookie; null for nobody. */
export function actorOfCookie(portal: PortalSessions, request: Request): AdminActor | null {
  const cookies = request.headers.get('cookie') ?? ''
  const [, token] = /(?:^|; ?)leadhooks-portal=([\w-]+)/.exec(cookies) ?? []
  return token === undefined ? null : portal.actorOf(token)
}
