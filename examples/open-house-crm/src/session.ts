import type { AuthorizedCaller } from '@leadhooks/core'
import cookieSession from 'cookie-session'
import express, { type Request, type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { Problem } from './problem.ts'
import { resources } from './records.ts'
import type { User, UserStore } from './users.ts'

/** Keeps who is signed in, in a signed cookie that other sites cannot make a browser send. */
export function sessions(secret: string): RequestHandler {
  return cookieSession({
    name: 'session',
    keys: [secret],
    httpOnly: true,
    sameSite: 'strict',
    maxAge: 86_400_000,
  })
}

const user = z.object({ email: z.string(), organizationId: z.string(), isAdmin: z.boolean() })

/** Who is signed in; null where nobody is. */
export function userOf(req: Request): User | null {
  return user.safeParse(req.session?.['user']).data ?? null
}

/** What a user may do, in the words that API keys have for it. */
export function permissionsOf({ isAdmin }: User): string[] {
  if (isAdmin) return ['*']
  const own = Object.keys(resources).flatMap((name) => [`write:${name}`, `delete:${name}`])
  return ['read:webhooks', 'read:deliveries', 'read:events', 'read:analytics', ...own]
}

/** Tells Leadhooks who is calling, where that is no API key. */
export function authorize(req: Request): AuthorizedCaller | null {
  const signedIn = userOf(req)
  if (signedIn === null) return null
  const { email: actor, organizationId } = signedIn
  return { actor, organizationId, permissions: permissionsOf(signedIn) }
}

const credentials = z.strictObject({ email: z.string().max(320), password: z.string().max(1000) })

/** Signs in and out, and says who is signed in. */
export function sessionRoutes(users: UserStore): Router {
  const router = Router()
  router.get('/', (req, res) => {
    const signedIn = userOf(req)
    if (signedIn === null) throw new Problem(401, 'signed_out', 'Nobody is signed in')
    res.json({ success: true, data: { ...signedIn, permissions: permissionsOf(signedIn) } })
  })
  router.post('/', express.json(), async (req, res) => {
    const { email, password } = credentials.parse(req.body)
    const found = await users.check(email, password)
    if (found === null)
      throw new Problem(401, 'wrong_credentials', 'Email and password do not belong together')
    req.session = { user: found }
    res.json({ success: true, data: { ...found, permissions: permissionsOf(found) } })
  })
  router.delete('/', (req, res) => {
    req.session = null
    res.sendStatus(204)
  })
  return router
}
