import { timingSafeEqual } from 'node:crypto'
import type { Leadhooks } from '@leadhooks/core'
import { checkApiKey, rateLimitHeaders } from '@leadhooks/core/node-http'
// The type of `request.apiKey`.
import '@leadhooks/fastify'
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Refusal } from './refusal.ts'

export interface Callers {
  /** Lets in the staff. */
  staff: onRequestAsyncHookHandler
  /** Lets in a tenant by its API key. Only what publishes counts for its limit. */
  tenant: (options: { publishes: boolean }) => onRequestAsyncHookHandler
  /** Lets in the tenant that the path names, and the staff. */
  tenantOrStaff: onRequestAsyncHookHandler
}

/** Who may call what. Without an `adminToken` everybody counts as staff for the registration of tenants, and for nothing else. */
export function createCallers(leadhooks: Leadhooks, adminToken: string | undefined): Callers {
  const isStaff = ({ headers }: FastifyRequest): boolean =>
    adminToken !== undefined && isEqual(headers.authorization ?? '', `Bearer ${adminToken}`)
  const tenant: Callers['tenant'] =
    ({ publishes }) =>
    async (request, reply) => {
      const options = { cost: publishes ? 1 : 0, ip: request.ip, route: routeOf(request) }
      const check = await checkApiKey(leadhooks, (name) => request.headers[name]?.toString(), options)
      reply.headers(rateLimitHeaders(check.ok ? check.limits : check.refusal.limits))
      // Refused in the form of all other errors; `requireApiKey` of @leadhooks/fastify has one of its own.
      if (!check.ok) throw check.refusal
      request.apiKey = check.apiKey
    }
  const asTenant = tenant({ publishes: false })

  return {
    tenant,
    async staff(request) {
      if (adminToken === undefined || isStaff(request)) return
      throw new Refusal(401, 'staff_only', 'Send the admin token as `Authorization: Bearer …`')
    },
    async tenantOrStaff(request, reply) {
      if (isStaff(request)) return
      await asTenant.call(request.server, request, reply)
      const { id } = request.params as { id?: unknown }
      // As for a tenant that there is not: whether there is one is nobody's business.
      if (request.apiKey.organizationId !== String(id))
        throw new Refusal(404, 'not_found', `There is no tenant ${String(id)}`)
    },
  }
}

const routeOf = ({ method, routeOptions }: FastifyRequest): string => `${method} ${routeOptions.url ?? ''}`

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
