import type { Leadhooks, Webhook } from '@leadhooks/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Callers } from './callers.ts'
import { Refusal } from './refusal.ts'
import type { TenantStore } from './tenants.ts'

interface Context {
  leadhooks: Leadhooks
  tenants: TenantStore
  callers: Callers
}

const newTenant = z.strictObject({
  name: z.string().trim().min(1).max(200),
  email: z.email(),
  rate_limit: z.int().min(1).max(1_000_000).default(100),
})
const endpoint = z.strictObject({
  url: z.string().max(2048),
  event_types: z.array(z.string()).default([]),
  is_active: z.boolean().default(true),
})
const changes = z
  .strictObject({ url: endpoint.shape.url, event_types: z.array(z.string()), is_active: z.boolean() })
  .partial()
const tenantId = z.object({ id: z.coerce.number().int() })
const endpointId = tenantId.extend({ endpointId: z.string() })

/** Tenants, and the endpoints that their events go to. */
export function tenantRoutes({ leadhooks, tenants, callers }: Context): FastifyPluginAsyncZod {
  return async (app) => {
    const { staff, tenantOrStaff: onRequest } = callers

    app.post(
      '/',
      { onRequest: staff, schema: { summary: 'Register a tenant', body: newTenant } },
      async (request, reply) => {
        const created = await tenants.create(request.body)
        if (created === null)
          throw new Refusal(409, 'duplicate_tenant', 'There is a tenant of this email already')
        const { tenant, apiKey: api_key } = created
        return reply.code(201).send({ ...tenant, api_key, secret_key: tenants.secretKey(tenant.id) })
      },
    )

    app.get(
      '/:id',
      { onRequest, schema: { summary: 'Read a tenant', params: tenantId } },
      async ({ params }) => {
        const tenant = await tenants.get(params.id)
        if (tenant === null) throw new Refusal(404, 'not_found', `There is no tenant ${params.id}`)
        return tenant
      },
    )

    app.post(
      '/:id/rotate-key',
      {
        onRequest,
        schema: { summary: 'Give it another API key; the former one works for a day', params: tenantId },
      },
      async ({ params }) => {
        const organizationId = String(params.id)
        const { data } = await leadhooks.apiKeys.list({ organizationId, revoked: false, limit: 1 })
        const [key] = data
        if (key === undefined) throw new Refusal(404, 'not_found', `Tenant ${params.id} has no API key`)
        const { token } = await leadhooks.apiKeys.rotate({ organizationId, id: key.id })
        return { api_key: token }
      },
    )

    app.post(
      '/:id/endpoints',
      { onRequest, schema: { summary: 'Register an endpoint', params: tenantId, body: endpoint } },
      async ({ params, body }, reply) => {
        if ((await tenants.get(params.id)) === null)
          throw new Refusal(404, 'not_found', `There is no tenant ${params.id}`)
        const { webhook } = await leadhooks.webhooks.create({
          organizationId: String(params.id),
          url: body.url,
          eventTypes: body.event_types,
          enabled: body.is_active,
          secret: tenants.secretKey(params.id),
        })
        return reply.code(201).send(toEndpoint(webhook))
      },
    )

    app.get(
      '/:id/endpoints',
      { onRequest, schema: { summary: 'List endpoints', params: tenantId } },
      async ({ params }) => {
        const { data } = await leadhooks.webhooks.list({ organizationId: String(params.id), limit: 100 })
        return { data: data.map(toEndpoint) }
      },
    )

    app.patch(
      '/:id/endpoints/:endpointId',
      { onRequest, schema: { summary: 'Change an endpoint', params: endpointId, body: changes } },
      async ({ params, body }) => {
        const webhook = { organizationId: String(params.id), id: params.endpointId }
        const { url, event_types: eventTypes, is_active: enabled } = body
        const settings = { url, eventTypes, enabled }
        return toEndpoint(await leadhooks.webhooks.update({ ...webhook, ...settings }))
      },
    )

    app.delete(
      '/:id/endpoints/:endpointId',
      { onRequest, schema: { summary: 'Remove an endpoint', params: endpointId } },
      async ({ params }, reply) => {
        await leadhooks.webhooks.delete({ organizationId: String(params.id), id: params.endpointId })
        return reply.code(204).send()
      },
    )
  }
}

function toEndpoint({ id, url, eventTypes, enabled, createdAt }: Webhook): object {
  return { id, url, event_types: eventTypes, is_active: enabled, created_at: createdAt }
}
