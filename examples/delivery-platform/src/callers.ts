import { timingSafeEqual } from 'node:crypto'
import type { Leadhooks } from '@leadhooks/core'
import { requireApiKey } from '@leadhooks/fastify'
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
  const tenant: Callers['tenant'] = ({ publishes }) => requireApiKey(leadhooks, { cost: publishes ? 1 : 0 })
  const asTenant = tenant({ publishes: false })

  return {
    tenant,
    async staff(request) {
      if (adminToken === undefined || isStaff(request)) return
      throw new Refusal(401, 'staff_only', 'Send the admin token as `Authorization: Bearer …`')
    },
    async tenantOrStaff(request, reply) {
      if (isStaff(request)) return undefined
      await asTenant.call(request.server, request, reply)
      if (reply.sent) return reply
      const { id } = request.params as { id?: unknown }
      // As for a tenant that there is not: whether there is one is nobody's business.
      if (request.apiKey.organizationId !== String(id))
        throw new Refusal(404, 'not_found', `There is no tenant ${String(id)}`)
      return undefined
    },
  }
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
