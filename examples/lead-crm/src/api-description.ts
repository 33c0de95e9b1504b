import { z } from 'zod'
import { events } from './events.ts'
import { leadChanges, newLead } from './lead.ts'
import type { CrmLeadhooks } from './leadhooks.ts'

const description = z.looseObject({ paths: z.record(z.string(), z.unknown()) })

/** The OpenAPI 3.1 description of the whole API: that of Leadhooks, and the routes that this CRM adds. */
export async function describeApi(leadhooks: CrmLeadhooks): Promise<object> {
  const answer = await leadhooks.fetch(new Request('http://crm/openapi.json'))
  const api = description.parse(await answer.json())
  return {
    ...api,
    info: {
      title: 'Lead CRM',
      version: '1.0.0',
      description: 'Leads, API keys and webhooks of one organization',
    },
    servers: [{ url: '/api/v1' }],
    paths: { ...api.paths, ...ownPaths },
  }
}

const ownPaths = {
  '/events/leads': { post: operation('Tell of a new lead', 'write:events', events.new_lead.schema, '202') },
  '/events/leads/updates': {
    post: operation('Tell of a changed lead', 'write:events', events.lead_update.schema, '202'),
  },
  '/webhooks/deliveries': { get: operation('List deliveries', 'read:deliveries') },
  '/leads': {
    servers: [{ url: '/' }],
    get: operation('List the newest 100 leads', 'read:leads'),
    post: operation('Save a lead, and tell of it', 'write:leads', newLead, '201'),
  },
  '/leads/import': {
    servers: [{ url: '/' }],
    post: operation(
      'Save up to 1,000 leads, all or none',
      'write:leads',
      z.array(newLead).min(1).max(1000),
      '201',
    ),
  },
  '/leads/{id}': {
    servers: [{ url: '/' }],
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
    patch: operation('Change a lead, and tell of it', 'write:leads', leadChanges),
  },
}

function operation(summary: string, permission: string, body?: z.ZodType, status = '200'): object {
  return {
    summary,
    description: `Permission: \`${permission}\``,
    tags: ['leads'],
    ...(body && { requestBody: { required: true, content: jsonOf(body) } }),
    responses: {
      [status]: { description: 'OK', content: jsonOf(z.record(z.string(), z.unknown())) },
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
  }
}

function jsonOf(schema: z.ZodType): object {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input' })
  return { 'application/json': { schema: described } }
}
