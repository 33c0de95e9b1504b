import { createHash, timingSafeEqual } from 'node:crypto'
import { leadhooksAdmin } from '@leadhooks/admin/express'
import express, { type RequestHandler, type Router } from 'express'
import type { CrmLeadhooks } from './leadhooks.ts'

/** What else the screens of `/admin` are called. */
const screens = { 'api-keys': 'keys', webhooks: 'webhooks', deliveries: 'deliveries' }

/** `/admin`: the screens of Leadhooks, for the staff of this CRM, who share a password. Your product knows who is signed in. */
export function admin(leadhooks: CrmLeadhooks, password: string): Router {
  const router = express.Router()
  router.use(askFor(password))
  for (const [name, screen] of Object.entries(screens))
    router.get(`/${name}`, (req, res) => {
      const { search } = new URL(req.originalUrl, 'http://crm')
      res.redirect(`${req.baseUrl}/#/${screen}${search}`)
    })
  router.use(
    leadhooksAdmin(leadhooks, {
      // Whoever comes this far has the password.
      authorize: () => ({ id: 'staff', name: 'Staff', staff: true, capabilities: 'admin' }),
      branding: { name: 'Lead CRM' },
    }),
  )
  return router
}

/** Lets in who has the password, and lets the browser ask for it (RFC 7617). */
function askFor(password: string): RequestHandler {
  const expected = hash(`staff:${password}`)
  return (req, res, next) => {
    const [, given = ''] = /^Basic (\S+)$/i.exec(req.get('authorization') ?? '') ?? []
    if (timingSafeEqual(hash(Buffer.from(given, 'base64').toString()), expected)) return next()
    res.set('www-authenticate', 'Basic realm="Lead CRM", charset="UTF-8"').sendStatus(401)
  }
}

/** Of one length, whatever was given. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
