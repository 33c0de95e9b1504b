import type { CheckedSettings } from './options.ts'
import type { Session, Visitor } from './session.ts'

/** Tells the page who is there, and how it is to look. */
export function serveSession(actor: Visitor, settings: CheckedSettings): Response {
  const { branding, theme, locale = null, readOnly, signInUrl = null } = settings
  const session: Session = { actor, branding, theme, locale, isReadOnly: readOnly, signInUrl }
  return Response.json(session, { headers: { 'cache-control': 'no-store' } })
}
