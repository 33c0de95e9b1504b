import type { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }
import type { EventType } from '../events/event-types.ts'
import type { Leadhooks } from '../leadhooks.ts'
import { idempotencyKey, takesKey } from './answer-once.ts'
import { describeDeliveries, deliveryHeaders } from './openapi-webhooks.ts'
import { problem } from './problem.ts'
import { type Route, statusOf } from './route.ts'
import { createSchemaComponents, type JsonSchema, type SchemaComponents } from './schema-components.ts'

export type OpenApiDocument = Record<string, unknown>

const documents = new WeakMap<Leadhooks, OpenApiDocument>()

/**
 * The OpenAPI 3.1 description of the routes, and of what receivers get; made once for each Leadhooks. It is open to all: of the event
 * types it has those in code, and none that an organization has registered.
 */
export function describe(
  leadhooks: Leadhooks,
  routes: readonly Route[],
  eventTypes: readonly EventType[],
): OpenApiDocument {
  const known = documents.get(leadhooks)
  if (known !== undefined) return known
  const document = createDocument(routes, eventTypes)
  documents.set(leadhooks, document)
  return document
}

function createDocument(routes: readonly Route[], eventTypes: readonly EventType[]): OpenApiDocument {
  const components = createSchemaComponents()
  const paths = describePaths(routes, components)
  const webhooks = describeDeliveries(eventTypes, components)
  const problemContent = { 'application/problem+json': { schema: components.describe(problem, 'output') } }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Leadhooks',
      version: packageJson.version,
      license: { name: packageJson.license, identifier: packageJson.license },
      description: 'API keys, webhooks, events and deliveries of one organization: that of the caller',
    },
    security: [{ bearer: [] }, { apiKey: [] }],
    paths,
    webhooks,
    components: {
      schemas: components.schemas,
      parameters: { ...deliveryHeaders, IdempotencyKey: idempotencyKey },
      responses: {
        Problem: { description: 'What went wrong, with a stable `code`', content: problemContent },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  }
}

function describePaths(routes: readonly Route[], components: SchemaComponents): Record<string, JsonSchema> {
  const paths: Record<string, JsonSchema> = {}
  for (const route of routes) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method.toLowerCase()]: describeRoute(route, components),
    }
  }
  return paths
}

function describeRoute(route: Route, components: SchemaComponents): JsonSchema {
  const { id, path, summary, permission, body } = route
  return {
    operationId: id,
    summary,
    ...(permission === null ? { security: [] } : { description: `Permission: \`${permission}\`` }),
    tags: [tagOf(path)],
    parameters: [...pathParameters(path), ...queryParameters(route, components), ...keyParameters(route)],
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: jsonContent(components.describe(body, 'input')),
      },
    }),
    responses: {
      [statusOf(route)]: describeAnswer(route, components),
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
  }
}

function tagOf(path: string): string {
  return path === '/' || path === '/openapi.json' ? 'about' : (path.split('/')[1] ?? '')
}

function pathParameters(path: string): JsonSchema[] {
  return path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []
}

function keyParameters(route: Route): JsonSchema[] {
  return takesKey(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []
}

/** As numbers and words, though a query carries text: `?limit=50`. None is required. */
function queryParameters({ query }: Route, components: SchemaComponents): JsonSchema[] {
  const fields: Record<string, z.ZodType> = query?.shape ?? {}
  return Object.entries(fields).map(([name, field]) => {
    const { description, ...schema } = components.describe(field, 'output')
    return { name, in: 'query', description, schema }
  })
}

function describeAnswer(
  { answer, contentType = 'application/json' }: Route,
  components: SchemaComponents,
): JsonSchema {
  return answer === null
    ? { description: 'Done' }
    : { description: 'OK', content: { [contentType]: { schema: components.describe(answer, 'output') } } }
}

function jsonContent(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } }
}
